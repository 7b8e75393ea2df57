import { describe, expect, it } from 'vitest'
import type { Format } from '#dist/language/markup/document/formats.js'
import { parseDocument } from '#dist/language/markup/parse.js'
import { foundSpans } from '#dist/language/protect/found.js'
import { ProtectedText } from '#dist/language/protect/protected-text.js'
import { KnownCharacters } from '#dist/language/protect/unknown.js'
import { splitSentences } from '#dist/language/text/sentences/sentences.js'
import { inOneLine } from '#dist/language/text/sentences/spaces.js'
import { TermPlaces } from '#dist/language/text/sentences/term-finder.js'
import { withFormattingOf } from '#dist/service/serve/deepl/translate.js'

const SIZE = 100_000

/**
 * Inputs that are slow where a search restarts at each character, or where a list is copied for each of its entries.
 */
const fragments = [
  ...[
    ' ',
    '\t',
    ' \n',
    '\n',
    '\u00a0',
    'a',
    'a ',
    '.',
    '…',
    '!',
    '#',
    '# ',
    '♪ ',
    '%',
    '%d',
    '&',
    '&lt;',
    '"',
    '\\',
    '- a\n',
  ],
  ...[
    '<',
    '< ',
    '<a',
    '<a>',
    '</a>',
    '<a/>',
    '<b><i>',
    '<br>',
    '<td>',
    '<!--',
    '{',
    '{{',
    '{\\',
    '[',
    '(',
    '>\n',
    '> ',
    '，',
    '@',
    'a.',
  ],
]
/** After these the same fragments may be a part of one thing that does not end. */
const begins = ['<', '{\\', '"', '&', 'a ']

const cases = [
  ...fragments.map((part) => ['', part]),
  ...begins.flatMap((begin) => [' ', 'a', '.', '-'].map((part) => [begin, part])),
]
const texts = cases.map(([begin, part]) => ({
  name: JSON.stringify(`${begin}${part}…`),
  text: `${begin}${part.repeat(SIZE / part.length)}${begin && '\u00a0x'}`,
}))

/** Milliseconds of the processor: a machine that does other things as well does not count. */
async function cost(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** Ten times what the slowest takes; what grows with the square takes longer by far. */
const MOST = 3000

const cue = (text: string) => `1\n00:00:01,000 --> 00:00:02,000\nbonjour ${text} monde\n`

/** Where texts stand in the formats that are not Markdown, whose parser is not ours and has a thread with limits. */
const places: [Format, string, (text: string) => string][] = [
  ['text', 'a line', (text) => `a${text}b`],
  ['html', 'a page', (text) => text],
  ['html', 'a paragraph', (text) => `<p>${text}</p>`],
  ['html', 'a drawing', (text) => `<svg>${text}</svg>`],
  ['xml', 'an element', (text) => `<r>${text}</r>`],
  ['xml', 'an attribute', (text) => `<r><a b="${text}"/>a</r>`],
  ['xml', 'a document type', (text) => `<!DOCTYPE r [${text}]><r>a</r>`],
  ['srt', 'a cue', cue],
  ['vtt', 'a cue', (text) => `WEBVTT\n\n${cue(text)}`],
  ['json', 'a string', (text) => JSON.stringify({ a: text })],
  ['po', 'a message', (text) => `msgid ${JSON.stringify(text)}\nmsgstr ""\n`],
  ['po', 'a rule', (text) => `msgid ""\nmsgstr ${JSON.stringify(`Plural-Forms: nplurals=2; plural=${text};\n`)}\n`],
  ['xliff', 'a source', (text) => `<xliff><unit><segment><source>${text}</source></segment></unit></xliff>`],
  ['xliff', 'a target', (text) => `<xliff><unit><segment><source>a</source><target ${text}/></segment></unit></xliff>`],
]

async function rewritten(source: string, format: Format): Promise<void> {
  try {
    const document = await parseDocument(source, { format, retranslate: true })
    const same = document.texts.map(({ text, spans }) => ({
      text,
      spans: spans.map((span, index) => ({ ...span, index, source: span })),
    }))
    expect(document.translated(same)).toBeTypeOf('string')
    expect(document.lines.length).toBe(document.texts.length)
  } catch (error) {
    expect((error as { code: string }).code).toMatch(/^ERR_INPUT/)
  }
}

describe('a document takes a time that grows with its length, not with its square', () => {
  it.each(places)(
    'in %s, where %s has fragments over and over',
    async (format, _, place) => {
      for (const { name, text } of texts)
        expect(await cost(() => rewritten(place(text), format)), name).toBeLessThan(MOST)
    },
    300_000,
  )

  it('in XLIFF and HTML, with many parts', async () => {
    const units = '  <unit>\n    <segment>\n      <source>a b</source>\n    </segment>\n  </unit>\n'.repeat(1500)
    expect(await cost(() => rewritten(`<xliff>\n${units}</xliff>`, 'xliff'))).toBeLessThan(MOST)
    const switched = '<i translate="no"><b>a</b></i><p translate="yes">b</p>'.repeat(2000)
    expect(await cost(() => rewritten(switched, 'html'))).toBeLessThan(MOST)
    const crossed = `${'<b>'.repeat(SIZE / 6)}un${'</i>'.repeat(SIZE / 8)}`
    expect(await cost(() => rewritten(`WEBVTT\n\n${cue(crossed)}`, 'vtt'))).toBeLessThan(MOST)
  })
})

describe('a text takes a time that grows with its length, not with its square', () => {
  const known = new KnownCharacters((character) => character < '\u3000')
  const protection = { unmistakable: true, own: [] }
  const works: [string, (text: string) => unknown][] = [
    ['in one line, as DeepL reads it with nonewlines', (text) => inOneLine(text)],
    ['with the punctuation of its source, as DeepL keeps it', (text) => withFormattingOf(text, `${text} x`)],
    ['cut into sentences', (text) => splitSentences(`Bon. ${text} fin.`, 'fr')],
    ['with characters that the model does not know', (text) => known.spans(text)],
    ['in which terms are looked for', (text) => new TermPlaces(text, []).next('b c')],
    [
      'in which parts are protected',
      (text) => {
        const spans = foundSpans({ text, spans: [] }, protection)
        if (spans.length > 10_000) return // such a text is refused
        const whole = new ProtectedText(text, spans)
        return whole.sentences({ sentences: [], spaces: [whole.plain] })
      },
    ],
  ]
  it.each(works)(
    '%s',
    async (_, work) => {
      for (const { name, text } of texts) expect(await cost(() => work(text)), name).toBeLessThan(MOST)
    },
    300_000,
  )
})

it('white space with a line end is one space in one line, and other white space stays', () => {
  expect(inOneLine('a \n b  c\r\n\r\nd\u00a0e')).toBe('a b  c d\u00a0e')
})

it('a document type stays as it is, with what it declares', async () => {
  const type = '<!DOCTYPE note [\n<!ENTITY a "b > c">\n<!-- ]> -->\n<!ELEMENT p (#PCDATA)>\n]>'
  const document = await parseDocument(`${type}\n<note><p>un</p></note>`, { format: 'xml', retranslate: false })
  expect(document.texts.map(({ text }) => text)).toEqual(['un'])
  expect(document.lines).toEqual([6])
  expect(document.translated([{ text: 'one', spans: [] }])).toBe(`${type}\n<note><p>one</p></note>`)
})
