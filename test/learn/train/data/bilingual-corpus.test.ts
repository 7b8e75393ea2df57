import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type CorpusSpec, openCorpus } from '#dist/learn/train/pairs/corpus.js'
import { all, file } from './files.ts'

const failure = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) })
const pairsOf = (spec: CorpusSpec) => all(openCorpus(spec))
const french = { sourceLanguage: 'fr', targetLanguage: 'en' }

describe('TMX as a corpus', () => {
  const unit = (texts: Record<string, string>) =>
    `<tu>${Object.entries(texts)
      .map(([code, text]) => `<tuv xml:lang="${code}"><seg>${text}</seg></tuv>`)
      .join('')}</tu>`
  const tmx = (...units: Record<string, string>[]) =>
    `<?xml version="1.0"?><tmx version="1.4"><header srclang="en"/><body>${units.map(unit).join('\n')}</body></tmx>`
  const some = tmx(
    { 'en-US': 'Go.', 'fr-FR': 'Va !' },
    { 'en-US': 'Only English.' },
    { de: 'Los!', fr: '<bpt i="1">&lt;b></bpt>Sel &amp; poivre<ept i="1"/>', en: 'Salt &amp; pepper' },
  )

  it('has the units in both languages, in either direction and by any name of a language', async () => {
    const forward = [
      { source: 'Va !', target: 'Go.' },
      { source: 'Sel & poivre', target: 'Salt & pepper' },
    ]
    const path = file(some)
    expect(await pairsOf({ format: 'tmx', path, ...french })).toEqual(forward)
    expect(await pairsOf({ format: 'tmx', path, sourceLanguage: 'French', targetLanguage: 'eng' })).toEqual(forward)
    expect(await pairsOf({ format: 'tmx', path, sourceLanguage: 'en', targetLanguage: 'fr' })).toEqual(
      forward.map(({ source, target }) => ({ source: target, target: source })),
    )
  })

  it('counts units that lack a language', async () => {
    const corpus = openCorpus({ format: 'tmx', path: file(some), ...french })
    await all(corpus)
    expect(corpus.report).toMatchObject({ lines: 3, pairs: 2, malformed: 1, unit: 'unit', isNumbered: true })
    expect(corpus.report.firstMalformed).toEqual([{ line: 2, why: 'has no text in fr' }])
  })

  it('reads packed files, UTF-16, and entities that lie across the parts of a large file', async () => {
    const many = tmx(
      ...Array.from({ length: 20_000 }, (_, n) => ({ fr: `Sel &amp; poivre ${n}`, en: `Salt &amp; ${n}` })),
    )
    const expected = Array.from({ length: 20_000 }, (_, n) => ({ source: `Sel & poivre ${n}`, target: `Salt & ${n}` }))
    expect(await pairsOf({ format: 'tmx', path: file(gzipSync(many)), ...french })).toEqual(expected)
    const utf16 = Buffer.from(`\ufeff${some}`, 'utf16le')
    expect(await pairsOf({ format: 'tmx', path: file(utf16), ...french })).toHaveLength(2)
  })

  it('says what is wrong with a file', async () => {
    const read = (content: string | Uint8Array, languages = french) =>
      pairsOf({ format: 'tmx', path: file(content), ...languages })
    await expect(read('<html></html>')).rejects.toThrow(failure('ERR_INPUT', /file-\d+: this is no TMX/))
    await expect(read(some.slice(0, -30))).rejects.toThrow(failure('ERR_INPUT', /file-\d+: the TMX is cut off/))
    await expect(read(tmx())).rejects.toThrow(failure('ERR_INPUT', /has no pair in 0 units$/))
    await expect(read(some, { sourceLanguage: 'it', targetLanguage: 'en' })).rejects.toThrow(
      failure('ERR_INPUT', /no pair in 3 units: unit 1 has no text in it; are these the languages/),
    )
    await expect(read(Buffer.from('<tmx>\xe9</tmx>', 'latin1'))).rejects.toThrow(failure('ERR_INPUT', /not UTF-8/))
    await expect(read(gzipSync(some).subarray(0, 60))).rejects.toThrow(
      failure('ERR_FILE', /gzip file is damaged or cut off/),
    )
    await expect(pairsOf({ format: 'tmx', path: '/nowhere/a.tmx', ...french })).rejects.toThrow(
      failure('ERR_FILE', /no such file/),
    )
  })
})

describe('XLIFF as a corpus', () => {
  const first = `<?xml version="1.0"?>
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
 <file source-language="en" target-language="fr-FR" original="a" datatype="html"><body>
  <trans-unit id="1"><source>Hello <g id="1">you</g>, <x id="INTERPOLATION" equiv-text="{{name}}"/> &amp; co</source><target>Bonjour <g id="1">toi</g>, <x id="INTERPOLATION" equiv-text="{{name}}"/> &amp; cie</target></trans-unit>
  <trans-unit id="2"><source>Not yet</source><target state="needs-translation">Not yet</target></trans-unit>
  <trans-unit id="3"><source>Nothing</source></trans-unit>
  <trans-unit id="4"><source>Go</source><alt-trans><source>Run</source><target>Cours</target></alt-trans><target>Va&#160;!</target></trans-unit>
 </body></file>
</xliff>`
  const second = `<xliff version="2.1" srcLang="en" trgLang="fr"><file id="f"><unit id="1">
  <segment state="final"><source>Open <pc id="1">file</pc></source><target>Ouvrir le <pc id="1">fichier</pc></target></segment>
  <ignorable><source> </source></ignorable>
  <segment state="initial"><source>Close</source><target>Close</target></segment>
 </unit></file></xliff>`

  it('has the units of 1.2 that are translated, without tags', async () => {
    const corpus = openCorpus({ format: 'xliff', path: file(first) })
    expect(await all(corpus)).toEqual([
      { source: 'Hello you, {{name}} & co', target: 'Bonjour toi, {{name}} & cie' },
      { source: 'Go', target: 'Va\u00a0!' },
    ])
    expect(corpus.report).toMatchObject({ lines: 4, pairs: 2, malformed: 2 })
    expect(corpus.report.firstMalformed).toEqual([
      { line: 5, why: 'has no translation' },
      { line: 6, why: 'has no translation' },
    ])
  })

  it('has the segments of 2.x, and the other direction where the languages say so', async () => {
    const path = file(second)
    const forward = { source: 'Open file', target: 'Ouvrir le fichier' }
    expect(await pairsOf({ format: 'xliff', path })).toEqual([forward])
    expect(await pairsOf({ format: 'xliff', path, ...french })).toEqual([
      { source: forward.target, target: forward.source },
    ])
  })

  it('says what is wrong with a file', async () => {
    const read = (content: string) => pairsOf({ format: 'xliff', path: file(content), sourceLanguage: 'de' })
    await expect(read(second)).rejects.toThrow(failure('ERR_INPUT', /line 2 is in en and fr, not in de; are these/))
    await expect(read('<a/>')).rejects.toThrow(failure('ERR_INPUT', /file-\d+: line 1: this is no XLIFF/))
    await expect(read('<xliff>')).rejects.toThrow(failure('ERR_INPUT', /no <\/xliff> closes/))
  })
})

describe('a .po file as a corpus', () => {
  const po = `# A translation.
msgid ""
msgstr ""
"Language: fr\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

#: a.py:3
msgid "Hello"
msgstr "Bonjour"

#, fuzzy, python-format
msgid "%s guess"
msgstr "%s devine"

#, python-format
msgid "%d file"
msgid_plural "%d files"
msgstr[0] "%d fichier"
msgstr[1] "%d fichiers"

msgctxt "menu"
msgid ""
"Open "
"it"
msgstr "Ouvrir"

msgid "Empty"
msgstr ""

#~ msgid "Old"
#~ msgstr "Vieux"
`
  const forward = [
    { source: 'Hello', target: 'Bonjour' },
    { source: '%d file', target: '%d fichier' },
    { source: '%d files', target: '%d fichiers' },
    { source: 'Open it', target: 'Ouvrir' },
  ]

  it('has the entries that are translated, with both forms of plurals', async () => {
    const corpus = openCorpus({ format: 'po', path: file(po) })
    expect(await all(corpus)).toEqual(forward)
    expect(corpus.report.firstMalformed).toEqual([
      { line: 12, why: 'is fuzzy' },
      { line: 27, why: 'has no translation' },
    ])
  })

  it('has the other direction where the language of the sources is that of the translations', async () => {
    expect(await pairsOf({ format: 'po', path: file(po), ...french })).toEqual(
      forward.map(({ source, target }) => ({ source: target, target: source })),
    )
    await expect(pairsOf({ format: 'po', path: file(po), targetLanguage: 'de' })).rejects.toThrow(
      failure('ERR_INPUT', /no pair in 6 units: line 8 is in fr, not in de/),
    )
  })
})
