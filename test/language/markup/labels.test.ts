import { describe, expect, test } from 'vitest'
import { textsOf, translated } from './fake-translator.ts'

/** Texts of a JSON file with this value. */
const textsOfValue = (value: string) => textsOf(JSON.stringify({ key: value }), 'json')

describe('labels', () => {
  test.each([
    'Nom:',
    'Prix:',
    'oui/non',
    'Oui/Non',
    'Nom/Adresse/Ville',
    'Q&A',
    'R&D',
    '&Fichier',
    '_Ouvrir',
    'Fi&chier',
  ])('%s is a text', async (label) => {
    expect(await textsOfValue(label)).toEqual([label])
  })

  test.each([
    ...[
      'src/main',
      'text/html',
      'a/b/c',
      '/usr/bin',
      'user_name',
      '_private',
      'a=b&c=d',
      'a&b=c',
      'fr-FR',
      '#fff',
      'x.y.z',
    ],
    ...['std::vector', 'key:value', 'https:', 'user@host', '10:30', 'C:\\temp', 'index.html'],
  ])('%s is code', async (code) => {
    expect(await textsOfValue(code)).toEqual([])
  })
})

/** A file in which all words become these. */
const become = (source: string, format: 'yaml' | 'properties' | 'xml', words: string) =>
  translated(source, format, () => ({ text: words, spans: [] }))

describe('YAML', () => {
  test.each([
    'yes',
    'No',
    'on',
    'OFF',
    'true',
    'null',
    '~',
    '12',
    '1_000',
    '1.5e3',
    '.inf',
    '0x1F',
    '12:30',
    '2024-01-02',
    '1,000',
    'y',
  ])('a plain text that becomes %s is quoted', async (word) => {
    expect(await become('a: oui # un\nb: [oui]\n', 'yaml', word)).toBe(`a: "${word}" # un\nb: ["${word}"]\n`)
  })

  test('quoted texts and other words stay as they are', async () => {
    expect(await become("a: 'oui'\n", 'yaml', 'yes')).toBe("a: 'yes'\n")
    expect(await become('a: oui\n', 'yaml', 'yes please')).toBe('a: yes please\n')
    expect(await become('a: oui\n', 'yaml', 'november')).toBe('a: november\n')
  })
})

describe("patterns of Java's MessageFormat", () => {
  test('are read with single apostrophes and written with double ones', async () => {
    const source = "a=L''ami de {0}\nb=C''est fini\nc=l'ami\n"
    expect(await textsOf(source, 'properties')).toEqual(["L'ami de {0}", "C'est fini", "l'ami"])
    expect(await become(source, 'properties', "it's {0}")).toBe("a=it''s {0}\nb=it''s {0}\nc=it's {0}\n")
  })

  test('stay as they are spelled where they have quoted parts', async () => {
    expect(await textsOf("a=mettez '{'nom'}' ici, {0}\n", 'properties')).toEqual(["mettez '{'nom'}' ici, {0}"])
  })
})

describe('strings of Android', () => {
  const source = `<resources>
  <string name="a">L\\'ami dit \\"oui\\"\\u2026</string>
  <string name="b">Bonjour !\\nEntrez ici.</string>
  <string name="c">"un  deux"</string>
  <string name="d">\\@nom ici</string>
</resources>
`
  test('are read without their escapes, line by line', async () => {
    expect(await textsOf(source, 'xml')).toEqual([
      ...['L\'ami dit "oui"…', 'Bonjour !', 'Entrez ici.', 'un deux', '@nom ici'],
    ])
  })

  test('are written with the escapes that they need', async () => {
    expect(await become(source, 'xml', 'it\'s a "word"')).toBe(`<resources>
  <string name="a">it\\'s a \\"word\\"</string>
  <string name="b">it\\'s a \\"word\\"\\nit\\'s a \\"word\\"</string>
  <string name="c">"it\\'s a \\"word\\""</string>
  <string name="d">it\\'s a \\"word\\"</string>
</resources>
`)
    expect(await become(source, 'xml', '@home')).toContain('<string name="d">\\@home</string>')
  })

  test('other XML has no such escapes', async () => {
    expect(await textsOf("<a>l\\'ami ici</a>", 'xml')).toEqual(["l\\'ami ici"])
  })
})

describe('ruby', () => {
  test('the characters are read, and how they sound goes with them', async () => {
    const source = '<p><ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>に行く</p>'
    expect(await textsOf(source, 'html')).toEqual(['東京に行く'])
    expect(await translated(source, 'html')).not.toContain('とうきょう')
  })
})
