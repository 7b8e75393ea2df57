import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { formatOfFile } from '#dist/language/markup/document/formats.js'
import { parseDocument } from '#dist/language/markup/parse.js'
import { inCapitals, textsOf, translated, unmarked } from './fake-translator.ts'

test.each([
  ['page.html', 'html'],
  ['a/b.c/README.MD', 'markdown'],
  ['messages.po', 'po'],
  ['film.fr.srt', 'srt'],
  ['strings.xlf', 'xliff'],
  ['notes.txt', 'text'],
  ['photo.jpg', null],
  ['Makefile', null],
  ['.html', 'html'],
])('the name %s says %s', (name, format) => {
  expect(formatOfFile(name)).toBe(format)
})

describe('XML', () => {
  test('has a text for each element with words, and the elements in it are parts of it', async () => {
    const source =
      '<?xml version="1.0"?>\n<a>\n <b k="un deux">un <c>deux</c> trois</b>\n <d><e>quatre</e></d><f>12</f>\n</a >\n'
    expect(await textsOf(source, 'xml')).toEqual(['un deux trois', 'quatre'])
    expect(await translated(source, 'xml')).toBe(
      source.replace('>un <c>deux</c> trois', '>UN <c>DEUX</c> TROIS').replace('quatre', 'QUATRE'),
    )
  })

  test('keeps CDATA, code, identifiers and what is not to be translated', async () => {
    const source =
      '<r xmlns:its="i"><a><![CDATA[un <deux>]]></a><b translate="no">un</b><c its:translate="no">un</c>' +
      '<d translatable="false">un</d><programlisting>un deux</programlisting><e>2026-01-02T03:04:05Z</e><f>img/a_b.png</f></r>'
    expect(await translated(source, 'xml')).toBe(source)
    expect(await translated('<r>un <x translate="no">deux</x> trois &lt; &#233; &ent;</r>', 'xml')).toBe(
      '<r>UN <x translate="no">deux</x> TROIS &lt; É &ent;</r>',
    )
  })

  test('keeps white space where it is told to, and its line ends elsewhere', async () => {
    expect(await textsOf('<r><a>un\n  deux</a><a xml:space="preserve">un\n  deux</a></r>', 'xml')).toEqual([
      'un deux',
      'un\n  deux',
    ])
  })

  test.each([
    ['<a>\n<b>un</a>', /^line 2: no <\/b> closes <b>/],
    ['<a>un</a></b>', /^line 1: "<\/b>" is no XML/],
    ['<a>un', /^line 1: no <\/a> closes <a>/],
    ['un', /^line 1: this is no XML/],
  ])('%j is refused with the line', async (source, message) => {
    await expect(translated(source, 'xml')).rejects.toThrow(message)
    await expect(translated(source, 'xml')).rejects.toMatchObject({ code: 'ERR_INPUT' })
  })
})

describe('subtitles', () => {
  const cues = (...texts: string[]) =>
    texts.map((text, i) => `${i + 1}\r\n00:00:0${i},000 --> 00:00:0${i + 1},500\r\n${text}\r\n\r\n`).join('')

  test('keep numbers, times, line ends and as many lines', async () => {
    const source = `\ufeff${cues('Je voudrais que tu\r\nviennes avec moi.', '<i>Oui.</i>', '1986')}`
    expect(await textsOf(source, 'srt')).toEqual(['Je voudrais que tu viennes avec moi.', 'Oui.'])
    expect(await translated(source, 'srt')).toBe(
      `\ufeff${cues('JE VOUDRAIS QUE TU\r\nVIENNES AVEC MOI.', '<i>OUI.</i>', '1986')}`,
    )
  })

  test('read a sentence that goes on in the next cue as one, and break it near where it was broken', async () => {
    const source = cues("C'est un jour\r\nqui commence bien", 'et qui finit mal.', 'Deux.')
    expect(await textsOf(source, 'srt')).toEqual(["C'est un jour qui commence bien et qui finit mal.", 'Deux.'])
    const written = await translated(source, 'srt', ({ text }) => ({
      text: text === 'Deux.' ? 'Two.' : 'This is a day that begins well and that ends badly.',
      spans: [],
    }))
    expect(written).toBe(cues('This is a day\r\nthat begins well and', 'that ends badly.', 'Two.'))
  })

  test('do not join the lines of two speakers', async () => {
    const source = cues('- Bonjour toi\r\n- et merci', '{\\an8}<i>- non</i>')
    expect(await textsOf(source, 'srt')).toEqual(['Bonjour toi', 'et merci', 'non'])
    expect(await translated(source, 'srt')).toBe(cues('- BONJOUR TOI\r\n- ET MERCI', '{\\an8}<i>- NON</i>'))
  })

  test.each([
    ['fewer words than lines', 'One', 'One\r\n\u00a0'],
    ['no words', '', 'Un\r\ndeux'],
    ['a script without spaces', '一二三四', '一\r\n二三四'],
    ['line ends and what looks like times', 'a\n\nb --> c', 'a b\r\n→ c'],
  ])('have a line of words for each line: %s', async (_, text, written) => {
    expect(await translated(cues('Un\r\ndeux'), 'srt', () => ({ text, spans: [] }))).toBe(cues(written))
  })

  test('of WebVTT keep their notes and settings', async () => {
    const source =
      'WEBVTT\n\nNOTE un deux\n\nSTYLE\n::cue { color: red }\n\nun\n01:02.000 --> 01:04.000 line:0\n<v Bob>Un &amp; <c.x>deux</c>\n'
    expect(await translated(source, 'vtt')).toBe(source.replace('Un &amp; <c.x>deux', 'UN &amp; <c.x>DEUX'))
  })

  test('are refused without a cue', async () => {
    await expect(translated('Bonjour\n', 'srt')).rejects.toThrow(/^line 1: there is no cue/)
  })
})

describe('JSON', () => {
  test('has the values that are texts translated, and nothing else', async () => {
    const source =
      '\ufeff{\r\n\t"un" : "un deux",  "n":[1.0, 1e5,true , null,"trois {x}"],"id":"btn_ok","url":"https://a.fr/un",\n "@un": {"description":"un deux"},"t":{"k":"quatre"} }\r\n'
    expect(await translated(source, 'json')).toBe(
      source.replace('"un deux", ', '"UN DEUX", ').replace('trois {x}', 'TROIS {X}').replace('quatre', 'QUATRE'),
    )
  })

  test('keeps its escapes: the necessary ones, and those of its own style', async () => {
    expect(await translated('["a \\"b\\"\\n\\\\ \\u00e9 é"]', 'json')).toBe('["A \\"B\\"\\n\\\\ É É"]')
    expect(await translated('["\\u00e9t\\u00e9 a\\/b"]', 'json')).toBe('["\\u00c9T\\u00c9 A\\/B"]')
  })

  test.each([
    ['{"a": "un",}', /^line 1: this is no JSON/],
    ['{"a": 1\n"b": 2}', /^line 2: this is no JSON/],
    [`${'['.repeat(200)}`, /^line 1: this is no JSON/],
  ])('%j is refused with the line', async (source, message) => {
    await expect(translated(source, 'json')).rejects.toThrow(message)
  })
})

describe('.po', () => {
  const header = (forms: string) =>
    `msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: ${forms}\\n"\n\n`

  /** gettext's messages about a file; undefined where there is no gettext. */
  const faults = (text: string) => {
    const { error, status, stderr } = spawnSync('msgfmt', ['--check', '-o', '/dev/null', '-'], {
      input: text,
      encoding: 'utf8',
    })
    return error ? undefined : status === 0 ? '' : stderr
  }

  test('has its missing translations filled in', async () => {
    const source = `# c\n${header('nplurals=2; plural=(n != 1);')}#: a.c:1\n#, c-format\nmsgctxt "m"\nmsgid "un %s\\n"\nmsgstr ""\n\n#, fuzzy\n#| msgid "vieux"\nmsgid "deux"\nmsgstr "two"\n\nmsgid "12"\nmsgstr ""\n#~ msgid "x"\n#~ msgstr ""\n`
    const written = unmarked(await translated(source, 'po'))
    expect(written).toBe(
      source
        .replace('msgstr ""\n\n#, f', 'msgstr "UN %S\\n"\n\n#, f')
        .replace('msgid "12"\nmsgstr ""', 'msgid "12"\nmsgstr "12"'),
    )
    expect(unmarked(await translated(source, 'po', inCapitals, true))).toContain('msgid "deux"\nmsgstr "DEUX"\n')
  })

  test.each([
    ['nplurals=1; plural=0;', ['msgstr[0] "UNS"']],
    ['nplurals=2; plural=n>1;', ['msgstr[0] "UN"', 'msgstr[1] "UNS"']],
    [
      'nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n%10>=2 ? 1 : 2;',
      ['msgstr[0] "UN"', 'msgstr[1] "UNS"', 'msgstr[2] "UNS"'],
    ],
    ['nplurals=3; plural=(n==0 ? 0 : n==1 ? 1 : 2);', ['msgstr[0] "UNS"', 'msgstr[1] "UN"', 'msgstr[2] "UNS"']],
  ])('has as many plural forms as %s', async (forms, lines) => {
    const source = `${header(forms)}msgid "un"\nmsgid_plural "uns"\nmsgstr[0] ""\nmsgstr[1] ""\n`
    const written = unmarked(await translated(source, 'po'))
    expect(written).toBe(`${header(forms)}msgid "un"\nmsgid_plural "uns"\n${lines.join('\n')}\n`)
    expect(faults(written) ?? '').toBe('')
  })

  test('folds folded texts, and escapes as C does', async () => {
    const entry = 'msgid ""\n"un \\"deux\\"\\n"\n"trois\\\\\\t"\nmsgstr ""'
    const source = `${header('nplurals=2; plural=n>1;')}${entry}\n`
    const written = unmarked(await translated(source, 'po'))
    expect(written).toBe(source.replace(entry, `${entry}\n"UN \\"DEUX\\"\\n"\n"TROIS\\\\\\t"`))
    expect(faults(written) ?? '').toBe('')
  })

  test.each([
    ['msgid "a"\nmsgstr "b\n', /^line 2: .* is no line of a \.po file/],
    ['msgid "a"\n\nmsgid "b"\nmsgstr ""', /^line 3: msgid stands twice: an entry has no msgstr/],
    ['bonjour', /^line 1: "bonjour" is no line/],
  ])('%j is refused with the line', async (source, message) => {
    await expect(translated(source, 'po')).rejects.toThrow(message)
  })
})

describe('XLIFF', () => {
  const file = (units: string) =>
    `<?xml version="1.0"?>\n<xliff version="1.2"><file><body>\n${units}\n</body></file></xliff>\n`

  test('1.2 gets targets where there are none, with the elements of their sources', async () => {
    const source = file(
      '<trans-unit id="1">\n  <source>Un <g id="1">deux</g> <x id="2"/> &amp;</source>\n</trans-unit>' +
        '<trans-unit id="2"><source>Un</source><target state="x"/></trans-unit>' +
        '<trans-unit id="3"><source>Un</source><target>One</target><alt-trans><source>Un</source></alt-trans></trans-unit>' +
        '<trans-unit id="4" translate="no"><source>Un</source></trans-unit><trans-unit id="5"><source>12</source></trans-unit>',
    )
    expect(unmarked(await translated(source, 'xliff'))).toBe(
      source
        .replace('&amp;</source>', '&amp;</source>\n  <target>UN <g id="1">DEUX</g> <x id="2"/> &amp;</target>')
        .replace('<target state="x"/>', '<target>UN</target>')
        .replace('12</source>', '12</source><target>12</target>'),
    )
    expect(unmarked(await translated(source, 'xliff', inCapitals, true))).toContain('<target>UN</target><alt-trans>')
  })

  test('2.0 gets targets in its segments', async () => {
    const source =
      '<xliff version="2.0" xmlns="urn:oasis:names:tc:xliff:document:2.0"><file id="f"><unit id="u"><segment>' +
      '<source>Un <pc id="1">deux <ph id="2"/></pc> <mrk id="m" translate="no">trois</mrk></source></segment></unit></file></xliff>'
    expect(unmarked(await translated(source, 'xliff'))).toBe(
      source.replace(
        '</source>',
        '</source><target>UN <pc id="1">DEUX <ph id="2"/></pc> <mrk id="m" translate="no">trois</mrk></target>',
      ),
    )
  })

  test('is refused if it is another kind of XML', async () => {
    await expect(translated('<a>un</a>', 'xliff')).rejects.toThrow(/^line 1: this is no XLIFF: its root is <a>/)
  })
})

test('deep nesting is refused or read, and never ends the process', async () => {
  const deep = 2000
  for (const [format, source] of [
    ['markdown', `${'> '.repeat(300)}un`],
    ['markdown', `${'*a '.repeat(300)}un`],
    ['markdown', '['.repeat(300)],
    ['xml', `${'<a>'.repeat(deep)}un${'</a>'.repeat(deep)}`],
    ['srt', `1\n00:00:00,000 --> 00:00:01,000\n${'<i>'.repeat(deep)}un`],
    ['json', `${'['.repeat(deep)}"un"${']'.repeat(deep)}`],
  ] as const) {
    const result = await parseDocument(source, { format, retranslate: false }).catch(({ code }) => code)
    expect([typeof result, result]).toEqual(
      typeof result === 'string' ? ['string', 'ERR_INPUT'] : ['object', expect.anything()],
    )
  }
})
