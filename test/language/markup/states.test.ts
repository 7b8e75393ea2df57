import { describe, expect, test } from 'vitest'
import { parseDocument } from '#dist/language/markup/parse.js'
import { inCapitals, translated, unmarked } from './fake-translator.ts'

describe('states of XLIFF', () => {
  const unit = (attributes: string, state: string) =>
    `<xliff version="1.2"><file><body><trans-unit id="1"${attributes}><source>un</source><target${state}>one</target></trans-unit></body></file></xliff>`
  const segment = (state: string) =>
    `<xliff version="2.0"><file><unit><segment${state}><source>un</source><target>one</target></segment></unit></file></xliff>`

  const withoutStates = (text: string) => unmarked(text).replace(/ state="[a-z-]+"/, '')

  test('a new target says that a machine has written it', async () => {
    const target = '<target state="needs-review-translation" state-qualifier="mt-suggestion">UN</target>'
    for (const state of ['', ' state="new"', ' state="needs-translation"'])
      expect(await translated(unit('', state), 'xliff', inCapitals, true)).toContain(target)
    const bare = unit('', '').replace('<target>one</target>', '')
    expect(await translated(bare, 'xliff')).toContain(target)
    expect(await translated(bare.replace('</source>', '</source><target />'), 'xliff')).toContain(target)
    expect(await translated(segment(' state="initial"'), 'xliff')).toContain(
      '<segment state="translated" subState="glassformer:machine"><source>un</source><target>UN</target>',
    )
    expect(await translated(unit('', ' state="translated"'), 'xliff')).not.toContain('mt-suggestion')
  })

  test('a new entry of a .po file has a comment, once', async () => {
    const source = '#: a.c\nmsgid "un"\nmsgstr ""\n'
    const written = await translated(source, 'po')
    expect(written).toBe('#: a.c\n# machine translation\nmsgid "un"\nmsgstr "UN"\n')
    expect(await translated(written, 'po', inCapitals, true)).toBe(written)
  })

  test.each([unit('', ' state="needs-translation"'), unit('', ' state="new"'), segment(' state="initial"')])(
    'a target that is no translation yet is translated: %s',
    async (source) => {
      expect(withoutStates(await translated(source, 'xliff'))).toBe(withoutStates(source).replace('>one<', '>UN<'))
    },
  )

  test.each([unit('', ''), unit('', ' state="translated"'), segment(''), segment(' state="translated"')])(
    'a translation stays, unless it is to be translated again: %s',
    async (source) => {
      expect(await translated(source, 'xliff')).toBe(source)
      expect(withoutStates(await translated(source, 'xliff', inCapitals, true))).toBe(
        withoutStates(source).replace('>one<', '>UN<'),
      )
    },
  )

  test.each([unit(' approved="yes"', ' state="needs-translation"'), segment(' state="final"')])(
    'what is approved stays always: %s',
    async (source) => {
      expect(await translated(source, 'xliff', inCapitals, true)).toBe(source)
    },
  )
})

test('what a chart keeps of its table is translated as its title is', async () => {
  const chart =
    '<c:chartSpace><c:title><a:p><a:r><a:t>ventes</a:t></a:r></a:p></c:title><c:ser><c:tx><c:strRef><c:f>Sheet1!$B$1</c:f>' +
    '<c:strCache><c:pt idx="0"><c:v>rouge &amp; vert</c:v></c:pt></c:strCache></c:strRef></c:tx><c:cat><c:strRef><c:strCache>' +
    '<c:pt idx="0"><c:v>janvier</c:v></c:pt><c:pt idx="1"><c:v>2024</c:v></c:pt></c:strCache></c:strRef></c:cat>' +
    '<c:val><c:numRef><c:numCache><c:pt idx="0"><c:v>12</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser></c:chartSpace>'
  const part = { kind: 'drawing', isTurned: false, names: [] } as const
  const document = await parseDocument(chart, { format: 'xml', retranslate: false, part })
  expect(document.texts.map(({ text }) => text)).toEqual(['ventes', 'rouge & vert', 'janvier'])
  expect(document.translated(document.texts.map(inCapitals))).toContain('<c:v>ROUGE &amp; VERT</c:v>')
})
