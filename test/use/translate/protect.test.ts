// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of programs
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { generationDefaults } from '#dist/engine/decode/settings/options.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { type MarkedText, type Translation, Translator } from '#dist/index.js'
import { foundSpans } from '#dist/language/protect/found.js'
import type { Tokenizer } from '#dist/language/text/tokenizer/tokenizer.js'
import { translateSync } from '#dist/use/translate/calls/translate-sync.js'
import { Engine } from '#dist/use/translate/sentences/engine.js'

const all = { unmistakable: true, own: [] }

/** Expects that a translation has all spans of its source whole and in order, at the places that it reports. */
function expectAll(
  source: string | MarkedText,
  { text, spans = [] }: Pick<Translation, 'text' | 'spans'>,
  count: number,
) {
  const given = typeof source === 'string' ? source : source.text
  expect(spans).toHaveLength(count)
  spans.forEach((span, i) => {
    expect(text.slice(span.start, span.end)).toBe(given.slice(span.source.start, span.source.end))
    if (i === 0) return
    expect(span.start).toBeGreaterThanOrEqual(spans[i - 1].end)
    expect(span.source.start).toBeGreaterThanOrEqual(spans[i - 1].source.end)
  })
}

describe('with any output of a model', () => {
  const folder = fileURLToPath(new URL('../../golden/hub/marian-f16/model', import.meta.url))
  const model = loadFolder(folder)
  const { end } = model.config.ids
  const letters = [...' abcdefghijklmnopqrstuvwxyzTomAn.,4730']
  /** Ids are letters; the model has random weights. */
  const tokenizer: Tokenizer = {
    sourceSize: 97,
    targetSize: 97,
    encode: (text, { special = true } = {}) => [
      ...Array.from(text, (letter) => 5 + (letters.includes(letter) ? letters.indexOf(letter) : 80)),
      ...(special ? [end] : []),
    ],
    encodeTarget: () => [end],
    decode: (ids) =>
      ids
        .map((id) => (id === end ? '' : letters[id % letters.length]))
        .join('')
        .trim(),
    decodeSource: (ids) => ids.map((id) => (id === end ? '' : (letters[id - 5] ?? '?'))).join(''),
    piece: String,
    sourcePiece: String,
  }
  const engine = new Engine({ ...model, trainedOn: 'sentences' }, tokenizer, new JsPlayer(), { batchTokens: 2048 })
  afterAll(() => engine.close())
  const generation = { ...generationDefaults, beams: 2, alternatives: 2, maxTokens: 10 }
  const options = {
    generation,
    split: 'auto',
    capitals: false,
    protection: all,
    copyUnknown: false,
    attention: false,
  } as never

  it('all spans are in the translation, in every alternative', () => {
    const part = fc.constantFrom(
      'un',
      ' ',
      ' mot. ',
      '{a}',
      '%d',
      '<b>',
      '</b>',
      '<br>',
      'a@b.fr',
      '\n',
      'x',
      '&amp;',
      '!',
    )
    const property = fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const text = parts.join('')
      const [translation] = translateSync(engine, [text], options)
      const { length } = foundSpans({ text, spans: [] }, all)
      for (const each of translation.alternatives ?? [translation]) expectAll(text, each, length)
    })
    fc.assert(property, { numRuns: 40 })
  })
})

describe('the embedded model', () => {
  let translator: Translator
  beforeAll(async () => {
    translator = await Translator.load(undefined, { workers: 1 })
  })
  afterAll(() => translator.close())

  test.each([
    ['Bonjour {name}, vous avez %d messages.', 2],
    ['Visitez https://exemple.fr/page?x=1 ou écrivez à tom@example.com.', 2],
    ['Le fichier ${user.name} est ici.', 1],
    ['<p>Bonjour <b>Tom</b>. Ça va ?</p><br>\n', 5],
    ['Il fait beau 😀😀 aujourd’hui.', 1],
    ['J’habite à Москва depuis dix ans.', 1],
    ['Bonjour&nbsp;!', 1],
  ])('%s keeps %i spans', async (text, count) => {
    const translation = await translator.translate(text)
    expectAll(text, translation, count)
    expect(translation.ids.length).toBeGreaterThan(2)
    let streamed = ''
    for await (const piece of translator.stream(text)) streamed += piece.text
    expect(streamed).toBe(translation.text)
  })

  test('puts tags around the translation of the tagged words', async () => {
    const { text } = await translator.translate('Ce chat est <b>noir</b>.')
    expect(text).toMatch(/<b>[^<]*\bblack\b[^<]*<\/b>/)
    const marked = {
      text: 'Ce chat est noir.',
      spans: [12, 16].map((at, i) => ({ start: at, end: at, kind: (['open', 'close'] as const)[i] })),
    }
    const { text: plain, spans } = await translator.translate(marked)
    expect(plain.slice(spans![0].end, spans![1].start)).toMatch(/\bblack\b/)
    expect(spans!.map(({ index }) => index)).toEqual([0, 1])
  })

  test.each(['{name}', '<br>', ' %s, {a}!\n', 'Привет, как дела?', '😀'])(
    '%s is not given to the model',
    async (text) => {
      expect(await translator.translate(text)).toMatchObject({ text, ids: [], score: 0, finishReason: 'end' })
      expect(translator.translateSync(text).text).toBe(text)
    },
  )

  test('protects the parts that a caller names, and nothing if the caller asks for that', async () => {
    const text = 'Le mot chat est ici.'
    expect((await translator.translate(text, { protect: ['mot', /ch\w+/] })).text).toMatch(/mot.* chat/)
    expect(await translator.translate('{name} est ici.', { protect: false, copyUnknown: false })).not.toHaveProperty(
      'spans',
    )
    expect(await translator.translate('😀 Oui.', { copyUnknown: false })).not.toHaveProperty('spans')
    await expect(translator.translate(text, { protect: [7] as never })).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringMatching(/option 'protect'.*: it must be|option 'protect'/),
    })
  })

  test.each<[object, RegExp]>([
    [{ text: 'ab' }, /a list of spans, not undefined/],
    [{ text: 7, spans: [] }, /a text, not 7/],
    [{ text: 'ab', spans: [{ start: 0, end: 3, kind: 'copy' }] }, /within its 2 characters, not .* as span 0/],
    [{ text: 'ab', spans: [{ start: 0, end: 1, kind: 'x' }] }, /as span 0/],
    [{ text: 'ab', spans: [null] }, /not null as span 0/],
    [
      {
        text: 'ab',
        spans: [
          { start: 1, end: 2, kind: 'mark' },
          { start: 0, end: 1, kind: 'mark' },
        ],
      },
      /span 1 begins before 2/,
    ],
    [{ text: 'ab', spans: [{ start: 1, end: 1, kind: 'copy' }] }, /something to copy in span 0/],
    [{ text: '😀', spans: [{ start: 1, end: 2, kind: 'copy' }] }, /whole characters/],
  ])('%o is refused', async (source, message) => {
    const expected = { code: 'ERR_INPUT', message: expect.stringMatching(message) }
    await expect(translator.translate(source as never)).rejects.toMatchObject(expected)
    await expect(translator.translate([source, 'Oui.'] as never)).rejects.toMatchObject(expected)
  })
})
