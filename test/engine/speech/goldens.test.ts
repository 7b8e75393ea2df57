import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { SourceEncoder, statesOf } from '#dist/engine/decode/step/index.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import { backends, wasmBackends } from '../../backends.ts'
import { npzArrays } from '../../npz.ts'
import { sharedFolder } from '../../shared-folder.ts'
import { featuresOf, Hearer, padded, samplesOf } from './hearer.ts'

/** The results of transformers 5.24 for random models of Whisper's shape (../shared/golden/whisper). */
interface Golden {
  samples: number
  forced: number[]
  languages?: Record<string, number>
  no_speech?: number
  short: {
    timestamps: boolean
    beams: number
    ids: number[]
    language?: string | null
    task?: 'translate'
    'prompt ids'?: number[]
  }[]
  long: { condition_on_prev_tokens: boolean; beams: number; windows: number[][] }[]
  text: { text: string; ids: number[] }[]
}

const folder = `${sharedFolder}/golden/whisper/tiny`
const models = sharedFolder ? ['tiny-2s', 'tiny-v3', 'tiny-en', 'tiny'] : []

/** The greatest error by the range of what is expected. */
function apart(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [low, high, most] = [Infinity, -Infinity, 0]
  for (let i = 0; i < expected.length; i++) {
    low = Math.min(low, expected[i])
    high = Math.max(high, expected[i])
    most = Math.max(most, Math.abs(found[i] - expected[i]))
  }
  return most / (high - low)
}

describe.skipIf(!sharedFolder).each([...backends, ...wasmBackends])('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  describe.each(models)('%s', (name) => {
    const hearer = new Hearer(`${folder}/${name}`, player)
    const { config, weights } = hearer.model
    const { mels, positions } = config.sound!
    const golden: Golden = JSON.parse(readFileSync(`${folder}/${name}/golden.json`, 'utf8'))
    const arrays = npzArrays(`${folder}/${name}/golden.npz`)
    const samples = samplesOf(`${folder}/audio.wav`, golden.samples)
    const features = featuresOf(padded(samples, 320 * positions), mels)
    const told = hearer.ids.languages.size ? 3 : 1

    it('has the states of the encoder and the logits within 1e-4 of their range', () => {
      const source = statesOf(positions)
      const [states] = new SourceEncoder(player, weights).states([{ source, sound: features }])
      const expected = arrays.get('encoder')!
      const step = positions === 100 ? 1 : 37
      const { dModel } = config
      const rows = Float32Array.from(
        expected.values,
        (_, i) => states[Math.floor(i / dModel) * step * dModel + (i % dModel)],
      )
      expect(apart(rows, expected.values)).toBeLessThan(1e-4)
      const pair = { source, sound: features, target: [...golden.forced.slice(1), config.ids.end] }
      const [logits] = new ForcedDecoder(player, weights).trace([pair], ['output.out'])
      expect(apart(logits, arrays.get('logits')!.values)).toBeLessThan(1e-4)
    })

    it.runIf(golden.languages)('tells the languages and whether there is speech', () => {
      const settings = hearer.settings({ language: null, onlyLanguage: true })
      const [{ languages, noSpeechProbability }] = hearer.hear([{ features, settings }])
      for (const [code, probability] of Object.entries(golden.languages!))
        expect(languages![code], code).toBeCloseTo(probability, 4)
      expect(noSpeechProbability).toBeCloseTo(golden.no_speech!, 4)
    })

    it('finds the same ids, greedily and with beams, as windows side by side', () => {
      const cases = golden.short.filter(({ timestamps }) => !timestamps)
      const heard = hearer.hear(
        cases.map(({ beams, task = 'transcribe' as const, language = 'fr', 'prompt ids': prompt = [] }) => {
          const begin = prompt.length + told + 1
          const given = { language, task, previous: prompt.slice(1), times: 'free', ranking: null } as const
          return { features, settings: hearer.settings({ ...given, beams, maxTokens: config.maxLength - begin }) }
        }),
      )
      cases.forEach(({ ids, 'prompt ids': prompt = [] }, i) => {
        const own = ids.slice(prompt.length + told + 1)
        const end = own.indexOf(config.ids.end)
        expect(heard[i].tokens, `case ${i}`).toEqual(end < 0 ? own : own.slice(0, end))
      })
    })

    it('finds the same ids window by window', () => {
      const whole = featuresOf(samples, mels)
      for (const { condition_on_prev_tokens: conditions, beams, windows } of golden.long) {
        const said: number[] = []
        let seek = 0
        windows.forEach((expected, w) => {
          const begin = expected.indexOf(hearer.ids.start) + told
          const previous = conditions && begin > told ? expected.slice(1, begin - told) : []
          const settings = hearer.settings({ previous, beams, ranking: null, maxTokens: config.maxLength - begin })
          const [{ tokens, advance }] = hearer.hear([{ features: whole.subarray(seek * mels), settings }])
          const own = expected.slice(begin)
          const end = own.indexOf(config.ids.end)
          expect(tokens, `window ${w}, ${beams} beams`).toEqual(end < 0 ? own : own.slice(0, end))
          said.push(...tokens)
          seek += advance
        })
      }
    })
  })
})

describe.skipIf(!sharedFolder).each(models)("%s's tokenizer", (name) => {
  const golden: Golden = JSON.parse(readFileSync(`${folder}/${name}/golden.json`, 'utf8'))
  const player = backends[0].make()
  const hearer = new Hearer(`${folder}/${name}`, player)
  afterAll(() => player.close())

  it.each(golden.text)('makes ids of %j', ({ text, ids }) => {
    expect(hearer.tokenizer.encodeTarget(text, { special: false })).toEqual(ids)
  })
})
