import fc from 'fast-check'
import { Parser } from 'htmlparser2'
import { describe, expect, test } from 'vitest'
import { entriesOf } from '#dist/language/markup/bilingual/po-entries.js'
import { markdownTree } from '#dist/language/markup/markdown/markdown-tree.js'
import { parseDocument } from '#dist/language/markup/parse.js'
import { xmlTokens } from '#dist/language/markup/tags/xml.js'
import { changed, textsOf, translated, unmarked } from './fake-translator.ts'

type Text = Parameters<Parameters<typeof translated>[2] & object>[0]

/** Words that a translation may have, and that mean something to one format or another. */
const HARMFUL =
  '* ** _a_ ` ``` # ## 1. 1) - + > | || ~ ~~ [ ] [a](b) ![a](b) ![ <b> </b> </p> <br/> <!-- & &amp; &lt; \\ \\\\ " \' "" --> 00:00:01,000 {a} %s $& === --- <script> ]]> http://a.b www.a.b a@b.fr $1 é 漢字 🎉'.split(
    ' ',
  )

/** A translator that puts the words between spans into another order, and others among them. */
const shuffling =
  (seed: number) =>
  ({ text, spans }: Text) =>
    changed(text, spans, (words, part) => {
      const [before, after] = [/^\s*/.exec(words)![0], /\s*$/.exec(words)![0]]
      const middle = words.trim().toUpperCase().split(/\s+/).reverse()
      const random = (n: number) => Math.abs(Math.imul(seed + n, 2654435761)) % HARMFUL.length
      if (middle[0])
        middle.splice(random(part) % middle.length, 0, HARMFUL[random(part + 7)], HARMFUL[random(part + 13)])
      return before + middle.join(' ') + after
    })

const seeds = fc.nat(1_000_000)
const word = fc.constantFrom(
  'un',
  'deux',
  'été',
  'l’eau',
  "c'est",
  'Œuf',
  '12',
  'snake_case',
  'A.',
  '漢字',
  'שלום',
  '3,5',
)
const words = fc.array(word, { minLength: 1, maxLength: 6 }).map((list) => list.join(' '))
const joined = (parts: fc.Arbitrary<string>, maxLength: number) =>
  fc.array(parts, { maxLength }).map((list) => list.join(''))

describe('HTML', () => {
  const attributes = fc.constantFrom(
    '',
    '',
    ' class="a b"',
    " title='un > deux'",
    ' id=x',
    ' hidden',
    ' data-a="&quot;<"',
  )
  const space = fc.constantFrom('', ' ', '\n   ', '\r\n\t')
  const tree = fc.letrec<{ inline: string; block: string }>((tie) => ({
    inline: fc.oneof(
      { maxDepth: 3 },
      words,
      space,
      fc.constantFrom(
        '<br>',
        '<img src="a.png" alt="un">',
        '<code>npm i</code>',
        '<!-- un -->',
        '&nbsp;',
        '&amp;',
        '&eacute;',
        ' & ',
        ' < ',
        '<wbr/>',
        '</i>',
        '<u>',
      ),
      fc
        .tuple(fc.constantFrom('b', 'i', 'a', 'span', 'my-tag'), attributes, joined(tie('inline'), 4))
        .map(([name, attribute, inside]) => `<${name}${attribute}>${inside}</${name}>`),
      joined(tie('inline'), 3).map((inside) => `<span translate="no">${inside}</span>`),
    ),
    block: fc.oneof(
      { maxDepth: 3 },
      joined(tie('inline'), 6),
      fc
        .tuple(fc.constantFrom('p', 'div', 'li', 'td', 'h1', 'blockquote'), attributes, joined(tie('block'), 4))
        .map(([name, attribute, inside]) => `<${name}${attribute}>${inside}</${name}>\n`),
      fc.constantFrom(
        '<p>un<p>deux',
        '<script>if (a<b) "un"</script>',
        '<pre>un\n deux</pre>',
        '<table><tr><td>un<td>deux</table>',
        '<textarea>un</textarea>',
        '<svg><path d="M0"/></svg>',
        '<hr>',
        '<!doctype html>',
      ),
    ),
  }))
  const documents = joined(tree.block, 5)

  /** Tags with their attributes, comments and what is code, in order: all but the text and the values that may change. */
  function structure(source: string): string[] {
    const found: string[] = []
    const kept: string[] = []
    const parser = new Parser(
      {
        onopentag(name, attributes) {
          found.push(
            `<${name} ${JSON.stringify(attributes, (key, value) => (/^(?:alt|title)$/.test(key) ? '' : value))}`,
          )
          if (kept.length || /^(?:code|pre|script|textarea)$/.test(name) || attributes.translate === 'no')
            kept.push(name)
        },
        onclosetag(name) {
          found.push(`</${name}`)
          kept.pop()
        },
        ontext: (text) => kept.length && found.push(text),
        oncomment: (text) => found.push(`!${text}`),
        onprocessinginstruction: (_, text) => found.push(`?${text}`),
      },
      { decodeEntities: false },
    )
    parser.end(source)
    return found
  }

  test('has the same elements, attributes, comments and code after translation', async () => {
    await fc.assert(
      fc.asyncProperty(documents, seeds, async (source, seed) => {
        expect(structure(await translated(source, 'html', shuffling(seed)))).toEqual(structure(source))
      }),
      { numRuns: 50 },
    )
  })

  test('is the same to the character except for the translations', async () => {
    await fc.assert(
      fc.asyncProperty(documents, async (source) => {
        const document = await parseDocument(source, { format: 'html', retranslate: false })
        expect(document.translated(document.texts.map(() => null))).toBe(source)
      }),
      { numRuns: 40 },
    )
  })

  test('is read and written for any input', async () => {
    const anything = fc.array(
      fc.constantFrom(...'<>/!-&;"\'= \n\0abp', '<p>', '</b>', '<![CDATA[', ']]>', '<?', '<script>', '\ud800'),
      { maxLength: 40 },
    )
    await fc.assert(
      fc.asyncProperty(
        anything,
        fc.constantFrom('html', 'xml', 'markdown', 'srt', 'vtt', 'json', 'po', 'xliff', 'text'),
        async (parts, format) => {
          await translated(parts.join(''), format).catch((error) => expect(error).toMatchObject({ code: 'ERR_INPUT' }))
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('Markdown', () => {
  const inline = fc.letrec<{ part: string }>((tie) => ({
    part: fc.oneof(
      { maxDepth: 2 },
      words,
      fc.constantFrom(
        ' `un  *code*` ',
        ' ![un](a.png "t") ',
        ' <https://a.fr/un> ',
        ' [^1] ',
        '  \n',
        '\\\n',
        '\n',
        ' \\* ',
        ' &amp; ',
        ' [un] ',
        ' <br> ',
        ' <kbd>a</kbd> ',
        ' a_b_c ',
      ),
      fc.tuple(fc.constantFrom('*', '**', '_', '~~'), words).map(([mark, inside]) => ` ${mark}${inside}${mark} `),
      joined(tie('part'), 2).map((inside) => ` [${inside.replace(/[[\]\n]/g, '')}](http://a.fr/x_y) `),
      words.map((inside) => ` <b>${inside}</b> `),
    ),
  })).part
  const paragraph = joined(inline, 5).map((text) => `un ${text.replace(/\n\s*(?=\n)|\s+$/g, '')}`)
  const line = paragraph.map((text) => text.replace(/\\?\s*\n/g, ' '))
  const quoted = (text: string) => text.replace(/^/gm, '> ')
  const block = fc.oneof(
    paragraph,
    fc.tuple(fc.constantFrom('# ', '### ', '- ', '* ', '1. ', '- [ ] '), line).map((parts) => parts.join('')),
    paragraph.map(quoted),
    fc
      .tuple(line, line)
      .map(([a, b]) => `| ${a.replaceAll('|', '\\|')} | deux |\n|---|:-:|\n| ${b.replaceAll('|', '\\|')} | |`),
    fc.constantFrom(
      '```js\nun("deux")\n```',
      '    un code',
      '<div>\nun <b>deux</b>\n</div>',
      '---',
      'un\n===',
      '[un]: http://a.fr "un"',
      '<!-- un -->',
    ),
  )
  const documents = fc
    .tuple(fc.constantFrom('', '---\ntitle: un deux\n---\n\n'), fc.array(block, { maxLength: 5 }))
    .map(([matter, blocks]) => `${matter}${blocks.join('\n\n')}\n\n[^1]: un\n`)

  type Node = { type: string; children?: Node[]; value?: string; url?: string; depth?: number; identifier?: string }

  /** The nodes of a tree without its texts. Neighboring texts and line breaks of text are one. */
  const structure = ({ type, children = [], value, url, depth, identifier }: Node): unknown => [
    ...[type, depth, url, identifier, type === 'html' ? value?.replace(/[^<>]*(<[^<>]*>)[^<>]*/g, '$1') : value],
    children.filter((each) => each.type !== 'text').map(structure),
  ]

  test('has the same structure, addresses and code after translation', async () => {
    await fc.assert(
      fc.asyncProperty(documents, seeds, async (source, seed) => {
        const written = await translated(source, 'markdown', shuffling(seed))
        expect(structure(markdownTree(written))).toEqual(structure(markdownTree(source)))
      }),
      { numRuns: 25 },
    )
  })

  test('has a space between code and code, and around emphasis, where the translation has none', async () => {
    const written = await translated('un `a` deux `b` trois *quatre* cinq', 'markdown', ({ spans }) => {
      const [a, b, open, close] = spans.map((span, index) => ({ ...span, index, source: span }))
      return {
        text: 'xabyzw',
        spans: [
          { ...a, start: 1, end: 2 },
          { ...b, start: 2, end: 3 },
          { ...open, start: 4, end: 4 },
          { ...close, start: 5, end: 5 },
        ],
      }
    })
    expect(written).toBe('x`a` `b`y *z* w')
    expect(await textsOf('un `a` deux', 'markdown')).toEqual(['un a deux'])
  })

  test('has its texts translated, unless that would change its structure', async () => {
    const written = await translated('# Un *deux*\n\nun **trois**quatre\n', 'markdown', shuffling(1))
    expect(written).toMatch(/^# .*UN \*.*DEUX\*\n\n.*UN \*\*.*TROIS\*\*.*QUATRE\n$/)
  })
})

describe('XML and XLIFF', () => {
  const tree = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      words,
      fc.constantFrom(
        '\n  ',
        '<e k="v > un"/>',
        '<!-- un -->',
        '<![CDATA[un < deux]]>',
        '<?pi un?>',
        '&amp;',
        '&#233;',
        '<code>un</code>',
        '<n translate="no">un</n>',
      ),
      fc
        .tuple(fc.constantFrom('a', 'b', 'x:c'), joined(tie('node'), 4))
        .map(([name, inside]) => `<${name} k='un'>${inside}</${name} >`),
    ),
  })).node
  const tags = (source: string) =>
    xmlTokens(source)
      .filter(({ kind }) => kind !== 'text')
      .map(({ kind, start, end }) => [kind, source.slice(start, end)])

  test('have the same tags after translation', async () => {
    await fc.assert(
      fc.asyncProperty(joined(tree, 5), seeds, async (inside, seed) => {
        const source = `<?xml version="1.0"?>\n<r>${inside}</r>\n`
        expect(tags(await translated(source, 'xml', shuffling(seed)))).toEqual(tags(source))
      }),
      { numRuns: 40 },
    )
    const content = joined(
      fc.oneof(
        words,
        fc.constantFrom(
          ' <x id="1"/> ',
          '<g id="2">un</g>',
          '<bpt id="3">&lt;b></bpt>un<ept id="3">&lt;/b></ept>',
          ' &amp; ',
        ),
      ),
      4,
    )
    await fc.assert(
      fc.asyncProperty(fc.array(content, { maxLength: 4 }), seeds, async (sources, seed) => {
        const units = (target: (source: string) => string) =>
          `<xliff version="1.2"><file><body>${sources.map((each, i) => `<trans-unit id="${i}"><source>${each}</source>${target(each)}</trans-unit>`).join('')}</body></file></xliff>`
        const written = await translated(
          units(() => ''),
          'xliff',
          shuffling(seed),
        )
        expect(tags(unmarked(written))).toEqual(tags(units((source) => `<target>${source}</target>`)))
      }),
      { numRuns: 60 },
    )
  })
})

test('subtitles have the same numbers, times, tags and lines after translation', async () => {
  const line = fc
    .tuple(fc.constantFrom('', '- ', '<i>', '{\\an8}', '♪ '), words, fc.constantFrom('', '<b>un</b>', ' ...'))
    .map(([before, text, after]) => `${before}${text}${after}${before === '<i>' ? '</i>' : ''}`)
  const cues = fc.array(fc.array(line, { minLength: 1, maxLength: 3 }), { maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(
      cues,
      fc.constantFrom('\n', '\r\n'),
      seeds,
      fc.constantFrom('srt' as const, 'vtt' as const),
      async (list, end, seed, format) => {
        const time = (i: number) => `00:00:${String(10 + i)}${format === 'srt' ? ',' : '.'}000`
        const source = list
          .map((lines, i) => `${i + 1}${end}${time(i)} --> ${time(i + 1)}${end}${lines.join(end)}${end}${end}`)
          .join('')
        const whole =
          format === 'vtt' ? `WEBVTT${end}${end}${source}` : source || `1${end}${time(0)} --> ${time(1)}${end}`
        const written = await translated(whole, format, shuffling(seed))
        const [before, after] = [whole, written].map((text) => text.split(end))
        expect(after.length).toBe(before.length)
        before.forEach((each, i) => {
          const isNumber = /^\d+$/.test(each) && before[i + 1].includes('-->') // a line of text may be one, too
          if (isNumber || /^$|-->|^WEBVTT/.test(each)) expect(after[i]).toBe(each)
          else expect(after[i].trim()).not.toBe('')
        })
      },
    ),
    { numRuns: 40 },
  )
})

test('JSON has the same keys, numbers and order, and its texts are what was translated', async () => {
  const values = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      words,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string({ maxLength: 5 }), tie('value'), { maxKeys: 4 }),
    ),
  })).value
  const inCapitals = (value: unknown, key = ''): unknown =>
    typeof value === 'string'
      ? /\p{L}/u.test(value) && !key.startsWith('@') && value !== 'snake_case'
        ? `«${value}"\\\n\u2028`
        : value
      : Array.isArray(value)
        ? value.map((each) => inCapitals(each, key))
        : value && typeof value === 'object'
          ? Object.fromEntries(
              Object.entries(value).map(([name, each]) => [name, inCapitals(each, key.startsWith('@') ? key : name)]),
            )
          : value
  await fc.assert(
    fc.asyncProperty(values, fc.constantFrom(undefined, 2, '\t'), async (value, indent) => {
      const written = await translated(JSON.stringify(value, null, indent), 'json', ({ text }) => ({
        text: `«${text}"\\\n\u2028`,
        spans: [],
      }))
      expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(inCapitals(value))))
      const shape = (text: string) =>
        text.replace(/"(?:[^"\\]|\\.)*"(\s*:)?/g, (string, colon) => (colon ? string : '""'))
      expect(shape(written)).toBe(shape(JSON.stringify(value, null, indent)))
    }),
    { numRuns: 40 },
  )
})

test('.po has the same entries, and its texts are what was translated', async () => {
  const text = fc.oneof(
    words,
    words.map((each) => `${each} "%s"\n`),
    fc.constantFrom('a\tb\\', 'é\n\nfin'),
  )
  const string = (each: string) => JSON.stringify(each)
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(text, { maxLength: 5 }), seeds, async (ids, seed) => {
      const source = ids.map((id, i) => `# un\n#: a.c:${i}\nmsgid ${string(id)}\nmsgstr ""\n`).join('\n')
      const entries = entriesOf(await translated(source, 'po', shuffling(seed)))
      expect(entries.map(([id]) => id.text)).toEqual(ids)
      for (const [id, translation] of entries)
        expect(translation.text).toBe(
          /\p{L}/u.test(id.text) ? shuffling(seed)({ text: id.text, spans: [] }).text : id.text,
        )
    }),
    { numRuns: 60 },
  )
})
