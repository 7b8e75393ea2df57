import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { generationDefaults } from '#dist/engine/decode/settings/options.js'
import { trainedOn } from '#dist/files/folders/layout/loaded-model.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { translateSync } from '#dist/use/translate/calls/translate-sync.js'
import { splits } from '#dist/use/translate/options/options.js'
import { resolveTranslateOptions } from '#dist/use/translate/options/resolve-call.js'
import { Engine } from '#dist/use/translate/sentences/engine.js'

const golden = fileURLToPath(new URL('../../golden/hub/marian-f16/', import.meta.url))
const model = loadFolder(`${golden}model`)
const { input_ids, lengths } = JSON.parse(readFileSync(`${golden}expected.json`, 'utf8'))
const sources: number[][] = input_ids.map((ids: number[], i: number) => ids.slice(0, lengths[i]))
/** Loops are kept, because the search would otherwise ask a tokenizer that fails for the texts of pieces. */
const generation = { ...generationDefaults, maxTokens: 12, loops: 'keep' as const }
const options = { ...resolveTranslateOptions({}, generationDefaults, model.config), generation }
const { end } = model.config.ids

/** A tokenizer that fails to decode targets for as long as it is told to. */
let failing = false
const tokenizer = {
  sourceSize: 97,
  targetSize: 97,
  encode: () => [1],
  encodeTarget: () => [1],
  decode(ids: readonly number[]) {
    if (failing) throw new Error('cannot write this')
    return ids.join(' ')
  },
  decodeSource: (ids: readonly number[]) => ids.join(' '),
  piece: String,
  sourcePiece: String,
}

describe('an engine', () => {
  let engine: Engine
  beforeEach(() => {
    failing = false
    engine = new Engine(model, tokenizer, new JsPlayer(), { batchTokens: 2048 })
  })
  afterEach(() => engine.close())

  it.each([false, true])(
    'fails the request whose result cannot be made, once, and goes on (streaming: %s)',
    (streaming) => {
      const failures: unknown[] = []
      const fail = (error: unknown) => failures.push((error as Error).message)
      const done = () => expect.unreachable()
      const piece = streaming ? () => {} : undefined
      for (const source of sources) engine.add({ request: 'a', source, options, done, fail, piece })
      failing = true
      while (engine.busy) engine.step()
      failing = false
      expect(failures).toEqual(['cannot write this'])
      expect(engine.broken).toBe(false)
      expect(translateSync(engine, sources, options)).toHaveLength(sources.length)
    },
  )

  it('throws, on the calling thread, the error of making a result', () => {
    failing = true
    expect(() => translateSync(engine, sources, options)).toThrow('cannot write this')
    expect(engine.busy).toBe(false)
  })

  it('keeps nothing of a refused call on the calling thread', () => {
    const refused = expect.objectContaining({
      code: 'ERR_INPUT',
      message: expect.stringMatching(/^source 1: id 1000000/),
    })
    expect(() => translateSync(engine, [sources[0], [1e6]], options)).toThrow(refused)
    expect(engine.busy).toBe(false)
  })

  it('is unusable after a step that throws', () => {
    const impossible = { ...options, generation: { ...generation, suppress: [1e6] } }
    expect(() => translateSync(engine, sources, impossible)).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }))
    expect(engine.broken).toBe(true)
  })

  it('takes as many tokens as the model does, and no more', () => {
    const { maxLength, ids } = model.config
    const source = (length: number) => [...Array(length - 1).fill(5), ids.end]
    expect(translateSync(engine, [source(maxLength)], options)).toHaveLength(1)
    expect(() => translateSync(engine, [source(maxLength + 1)], options)).toThrow(
      expect.objectContaining({ code: 'ERR_INPUT_TOO_LONG' }),
    )
  })

  it('splits texts of more tokens than the model should have at once', () => {
    const letters = { ...tokenizer, encode: (text: string) => [...Array(text.length).fill(5), end] }
    const sentencesOf = (text: string, sourceLocale: string) => {
      const splitting = new Engine({ ...model, splitTokens: 10, sourceLocale }, letters, new JsPlayer(), {
        batchTokens: 2048,
      })
      const [{ attention }] = translateSync(splitting, [text], { ...options, attention: true })
      splitting.close()
      return attention!.length
    }
    // Not a BCP 47 tag: sentences are split as for any language.
    expect(sentencesOf('Oui. Non.', 'fra_Latn')).toBe(1) // 9 letters and the end
    expect(sentencesOf('Oui. Non !', 'fra_Latn')).toBe(2)
    // By the rules of the folder's language: in Greek a semicolon is a question mark.
    expect(['fr', 'el'].map((locale) => sentencesOf('Τι κάνεις; Καλά.', locale))).toEqual([1, 2])
  })

  it("begins each sentence with the target language's code with which the text begins", () => {
    // The code alone is counted once.
    const encoded: string[] = []
    const coded = {
      ...tokenizer,
      languageCode: (text: string) => (text.startsWith('>>fra<<') ? '>>fra<< ' : ''),
      encode(text: string) {
        if (text !== '>>fra<< ') encoded.push(text)
        return [5, model.config.ids.end]
      },
    }
    const splitting = new Engine(model, coded, new JsPlayer(), { batchTokens: 2048 })
    const always = { ...options, split: 'always' as const }
    const [{ text }] = translateSync(splitting, ['>>fra<< Yes.  No.\n'], always)
    expect(encoded).toEqual(['>>fra<< Yes.', '>>fra<< No.'])
    encoded.length = 0
    const lines = { ...coded, languageCode: () => '>>fra<< \n' }
    const keeping = new Engine(model, { ...lines, encode: coded.encode }, new JsPlayer(), { batchTokens: 2048 })
    expect(translateSync(keeping, ['>>fra<< \nYes.'], options)[0].text[0]).toBe('\n')
    expect(encoded.at(-1)).toBe('>>fra<< Yes.')
    keeping.close()
    const [alone] = translateSync(splitting, ['Yes.'], always)
    expect(text).toBe(`${alone.text}  ${alone.text}\n`)
    splitting.close()
  })

  it('scores each of many pairs as if it were alone', () => {
    const pairs = Array.from({ length: 40 }, (_, i) => ({ source: sources[i % 6], target: sources[(i + 1) % 6] }))
    const scores = engine.score(pairs)
    expect(scores[0].ids).toEqual(pairs[0].target)
    expect(scores[0].ids).not.toBe(pairs[0].target)
    expect(scores.map(({ ids }) => ids)).toEqual(pairs.map(({ target }) => target))
    for (const i of [0, 15, 16, 39]) expect(scores[i].score).toBeCloseTo(engine.score([pairs[i]])[0].score, 4)
  })

  it('cancels one request and not another', () => {
    const reported: string[] = []
    for (const request of ['a', 'b'])
      engine.add({ request, source: sources[3], options, done: () => reported.push(request), fail: expect.unreachable })
    engine.step()
    engine.cancel('a')
    while (engine.busy) engine.step()
    expect(reported).toEqual(['b'])
  })

  it('prepends the begin id to given ids, and to sources that lack it', () => {
    const config = { ...model.config, ids: { ...model.config.ids, sourceStart: 9 } }
    const starting = new Engine({ ...model, config }, tokenizer, new JsPlayer(), { batchTokens: 2048 })
    expect(starting.idsOf([5, 6], 'source')).toEqual([9, 5, 6, end])
    expect(starting.idsOf([9, 5, 6, end], 'source')).toEqual([9, 5, 6, end])
    expect(starting.idsOf([5, 6], 'target')).toEqual([5, 6, end])
    const [{ attention }] = translateSync(starting, [[5, 6]], { ...options, attention: true })
    expect(attention![0].source).toEqual(['9', '5', '6', `${end}`])
    starting.close()
  })

  describe('keeps white space and line ends', () => {
    const words = { ...tokenizer, encode: (text: string) => [5, text.length % 7, end], decode: () => 'X' }
    const whites = [
      ' ',
      '\n',
      '\r\n',
      '\r',
      '\t',
      '\v',
      '\f',
      '\u0085',
      '\u00a0',
      '\u2003',
      '\u2028',
      '\u2029',
      '\u3000',
    ]
    const white = fc.string({ unit: fc.constantFrom(...whites), minLength: 1, maxLength: 5 })
    const lineEnd = /[\n\v\f\r\u0085\u2028\u2029]/
    const short = { ...options, generation: { ...generation, maxTokens: 1 } }

    it.each(splits.flatMap((split) => trainedOn.map((unit) => [split, unit] as const)))(
      'byte for byte, with split %s, of a model that was trained on %s',
      (split, unit) => {
        const finely = split === 'always' || split === 'packed' || (split === 'auto' && unit === 'sentences')
        const keeping = new Engine({ ...model, trainedOn: unit }, words, new JsPlayer(), { batchTokens: 2048 })
        fc.assert(
          fc.property(
            fc.oneof(fc.constant(''), white),
            fc.array(fc.tuple(fc.constantFrom('Oui.', 'Il pleut !', 'Où ?'), white), { minLength: 1, maxLength: 6 }),
            (before, parts) => {
              const text = before + parts.flat().join('')
              let expected = `${before}X`
              parts.forEach(([, after], i) => {
                const isLast = i === parts.length - 1
                if (isLast || finely || lineEnd.test(after)) expected += isLast ? after : `${after}X`
              })
              expect(translateSync(keeping, [text], { ...short, split })[0].text).toBe(expected)
            },
          ),
          { numRuns: 40 },
        )
        keeping.close()
      },
    )
  })
})
