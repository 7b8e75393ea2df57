import { describe, expect, test } from 'vitest'
import { parseDocument } from '#dist/language/markup/parse.js'
import { inCapitals, textsOf, translated } from './fake-translator.ts'

describe('YAML', () => {
  const source = `# Bonjour
fr: &all
  hello: Bonjour %{name} # un
  quoted: "Il dit \\"oui\\"\\tici"
  single: 'c''est ici'
  folded: >-
    une phrase
    longue
  literal: |
    deux
    lignes
  number: 12
  on: true
  list: [un, "deux: trois"]
other:
  <<: *all
--- # next
key: !!binary aGVsbG8=
`
  test('string values are translated, in their style; keys, comments, anchors and other values stay', async () => {
    expect(await textsOf(source, 'yaml')).toEqual([
      ...[
        'Bonjour %{name}',
        'Il dit "oui"\tici',
        "c'est ici",
        'une phrase longue',
        'deux\nlignes',
        'un',
        'deux: trois',
      ],
    ])
    expect(await translated(source, 'yaml')).toBe(
      source
        .replace('Bonjour %{name}', 'BONJOUR %{NAME}')
        .replace('"Il dit \\"oui\\"\\tici"', '"IL DIT \\"OUI\\"\\tICI"')
        .replace("'c''est ici'", "'C''EST ICI'")
        .replace('une phrase\n    longue', 'UNE PHRASE LONGUE')
        .replace('deux\n    lignes', 'DEUX\n    LIGNES')
        .replace('[un, "deux: trois"]', '[UN, "DEUX: TROIS"]'),
    )
  })

  test('a translation that YAML would read otherwise gets quotes', async () => {
    const quoted = await translated('a: oui\n', 'yaml', () => ({ text: 'yes: no # all', spans: [] }))
    expect(quoted).toMatch(/^a: ["']yes: no # all["']\n$/)
    const document = await parseDocument('a: [oui]\n', { format: 'yaml', retranslate: false })
    expect(document.translated([{ text: 'a, b', spans: [] }])).toMatch(/^a: \[ ?["']a, b["'] ?\]\n$/)
  })

  test('what is no YAML is refused with the line', async () => {
    await expect(textsOf('a: b\nc: [d\n', 'yaml')).rejects.toMatchObject({ code: 'ERR_INPUT' })
    await expect(textsOf('a: b\n  c: "d\n', 'yaml')).rejects.toThrow(/^line \d: this is no YAML/)
  })
})

describe('properties of Java', () => {
  test('values are translated, with their escapes and continued lines', async () => {
    const source =
      '# Bonjour\n! un\nhello = Bonjour {0}\nlong:une phrase \\\n    longue\nkey\\ two  deux\npath=/a/b\nempty=\n'
    expect(await textsOf(source, 'properties')).toEqual(['Bonjour {0}', 'une phrase longue', 'deux'])
    expect(await translated(source, 'properties')).toBe(
      '# Bonjour\n! un\nhello = BONJOUR {0}\nlong:UNE PHRASE LONGUE\nkey\\ two  DEUX\npath=/a/b\nempty=\n',
    )
  })

  test('letters are escaped where the file escapes them', async () => {
    expect(await textsOf('a=\\u00e9t\\u00e9\n', 'properties')).toEqual(['été'])
    expect(await translated('a=\\u00e9t\\u00e9\n', 'properties')).toBe('a=\\u00c9T\\u00c9\n')
    expect(await translated('a=été\n', 'properties')).toBe('a=ÉTÉ\n')
  })
})

describe('strings of Apple', () => {
  test('values are translated; keys and comments stay', async () => {
    const source = '/* "a" = "b"; */\n"hello" = "Bonjour %@";\n// un\nkey = "Il dit \\"oui\\"\\nici" ;\n'
    expect(await translated(source, 'strings')).toBe(
      '/* "a" = "b"; */\n"hello" = "BONJOUR %@";\n// un\nkey = "IL DIT \\"OUI\\"\\nICI" ;\n',
    )
  })

  test('what is no such file is refused with the line', async () => {
    await expect(textsOf('"a" = "b";\n"c" = d e\n', 'strings')).rejects.toThrow(/^line 2: /)
  })
})

describe('tables', () => {
  const table = async (source: string, columns: string[], format: 'csv' | 'tsv' = 'csv') => {
    const document = await parseDocument(source, { format, retranslate: false, columns })
    return document.translated(document.texts.map(inCapitals))
  }
  const source = 'id,nom,"La, description"\r\n1,chat,"un ""petit"" chat\r\nnoir"\r\n2,chien,un chien\r\n'

  test('the cells of the columns are translated, quoted as they were', async () => {
    expect(await table(source, ['La, description'])).toBe(
      'id,nom,"La, description"\r\n1,chat,"UN ""PETIT"" CHAT\r\nNOIR"\r\n2,chien,UN CHIEN\r\n',
    )
    expect(await table(source, ['nom'])).toBe(source.replace('1,chat', '1,CHAT').replace('2,chien', '2,CHIEN'))
    expect(await table('a;b\nun;deux, trois\n', ['2'])).toBe('a;B\nun;DEUX, TROIS\n')
    expect(await table('a\tb\nun\tdeux\n', ['b'], 'tsv')).toBe('a\tb\nun\tDEUX\n')
  })

  test('a table without columns, or with others, is refused with those that it has', async () => {
    await expect(table(source, [])).rejects.toThrow('Its first row has: 1: id, 2: nom, 3: La, description')
    await expect(table(source, ['x'])).rejects.toMatchObject({ code: 'ERR_OPTION' })
    await expect(table('a,b\n1,"un', ['b'])).rejects.toThrow('line 2: a quotation mark has no partner')
  })
})
