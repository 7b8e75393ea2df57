import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { ForcedDecoder } from '#dist/decode/forced.js'
import { fromHuggingFace, generationKeysOf } from '#dist/folders/generation-config.js'
import { loadFolder } from '#dist/folders/load.js'
import { checkSupported } from '#dist/folders/unsupported-setting.js'
import { openSafetensors } from '#dist/formats/safetensors.js'
import { backends } from '../backends.ts'
import { sharedFolder } from '../shared-folder.ts'
import { expectClose } from './expect-close.ts'
import { generate } from './generate.ts'

/** What Hugging Face transformers computes on small random Marian models; marian-bin is a folder of 2020, with a pickle. */
const FAMILIES = [
  'marian',
  'marian-relu-4x1',
  'marian-gelu-unscaled',
  'marian-two-vocabularies',
  'marian-bf16',
  'marian-f16',
  'marian-sharded',
  'marian-bin',
]
const copied = fileURLToPath(new URL('../golden/hub/', import.meta.url))

/** Settings that this version refuses by name. */
const REFUSED = [
  'encoder_no_repeat_ngram_size',
  'encoder_repetition_penalty',
  'exponential_decay_length_penalty',
  'sequence_bias',
  'decoder_input_ids',
]

interface Case {
  name: string
  settings: Record<string, unknown>
  sentences: number[]
  /** [sentence][n-best] of ids, the start included. */
  sequences: number[][][]
  sequences_scores?: number[][]
  transition_scores?: number[][][]
}

interface Expected {
  input_ids: number[][]
  lengths: number[]
  targets?: number[][]
  target_log_probs?: number[][]
  attention_sentence?: number
  cases: Case[]
}

const isRefused = ({ settings }: Case) =>
  REFUSED.some((name) => name in settings) || Array.isArray(settings.eos_token_id)

describe.each(FAMILIES)('%s', (family) => {
  const folder = [sharedFolder && `${sharedFolder}/golden/hub/${family}`, `${copied}${family}`].find(
    (path) => path && existsSync(`${path}/expected.json`),
  )
  if (!folder) return it.skip(`${family}: the shared goldens are absent`)
  const model = loadFolder(`${folder}/model`, { precision: 'float32' })
  const expected: Expected = JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8'))
  // States and logits, the larger part of the goldens, are in the shared folder only.
  const states = `${folder}/expected.safetensors`
  const forced = existsSync(states) && expected.targets
  const sources = expected.input_ids.map((ids, i) => ids.slice(0, expected.lengths[i]))
  const json = (file: string) => JSON.parse(readFileSync(`${folder}/model/${file}`, 'utf8'))
  const own = existsSync(`${folder}/model/generation_config.json`)
  const settings = own ? json('generation_config.json') : generationKeysOf(json('config.json'))
  const read = (given: Record<string, unknown>) => fromHuggingFace({ ...settings, ...given }, folder, model.config.ids)

  it('refuses by name what this version cannot do', () => {
    for (const { settings: given } of expected.cases.filter(isRefused)) {
      const names = [...REFUSED, 'eos_token_id'].filter((key) => key in given)
      const named = expect.stringMatching(new RegExp(`\\b(${names.join('|')})\\b`))
      const { unsupported, generation } = read(given)
      expect(() => checkSupported(unsupported, {}, generation, folder)).toThrow(
        expect.objectContaining({ code: 'ERR_UNSUPPORTED', message: named }),
      )
    }
  })

  describe.each(backends)('$name', ({ make }) => {
    const player = make()
    afterAll(() => player.close())

    it.each(expected.cases.filter((c) => !isRefused(c)))(
      '$name',
      ({ settings: given, sentences, sequences, sequences_scores, transition_scores }) => {
        const { unsupported, generation: options } = read(given)
        checkSupported(unsupported, {}, options, folder)
        const found = generate(
          player,
          model.weights,
          sentences.map((i) => sources[i]),
          options,
        )
        const skipStart = (ids: number[]) => ids.slice(1)
        found.forEach((list, s) => {
          const wanted = sequences[s].slice(0, options.alternatives)
          expect(list.map(({ ids }) => ids)).toEqual(wanted.map(skipStart))
          if (sequences_scores)
            list.forEach(({ score }, n) => expect(Math.abs(score - sequences_scores[s][n])).toBeLessThan(1e-3))
          if (transition_scores)
            list.forEach(({ scores }, n) =>
              transition_scores[s][n].forEach((score, i) => expect(Math.abs(scores[i] - score)).toBeLessThan(1e-3)),
            )
        })
      },
    )

    it.runIf(forced)('gives the states, logits, attentions and scores of teacher forcing', () => {
      const tensors = openSafetensors(states)
      const golden = (name: string) => {
        const values = new Float32Array(tensors.tensors.get(name)!.shape.reduce((a, b) => a * b))
        tensors.readFloats(name, values)
        return values
      }
      const decoder = new ForcedDecoder(player, model.weights)
      const pairs = sources.map((source, i) => ({ source, target: expected.targets![i] }))
      const { encoder, decoder: stack } = model.config
      const names = {
        'encoder.embedding': 'encoder.embedded',
        'decoder.embedding': 'decoder.embedded',
        logits: 'output.out',
        ...Object.fromEntries(
          Array.from({ length: encoder.layers }, (_, i) => [
            `encoder.layer${i}`,
            `encoder.${i}.feedForwardNorm.normed`,
          ]),
        ),
        ...Object.fromEntries(
          Array.from({ length: stack.layers }, (_, i) => [`decoder.layer${i}`, `decoder.${i}.feedForwardNorm.normed`]),
        ),
      }
      const values = decoder.trace(pairs, Object.values(names))
      Object.keys(names).forEach((name, i) => {
        // A last layer is stored as the stack's output: post-norm models have no norm above it.
        const stored = name
          .replace(`encoder.layer${encoder.layers - 1}`, 'encoder.output')
          .replace(`decoder.layer${stack.layers - 1}`, 'decoder.output')
        expectClose(values[i], golden(tensors.tensors.has(name) ? name : stored), 1e-4)
      })
      decoder.score(pairs).forEach((scores, i) => expectClose(scores, expected.target_log_probs![i], 1e-4))
      decoder
        .crossAttention(pairs[expected.attention_sentence!])
        .forEach((attention, i) => expectClose(attention.values, golden(`cross.layer${i}`), 1e-4))
      tensors.close()
    })

    const withAttention = expected.cases.find(({ name }) => name === 'greedy-attention')
    it.runIf(forced && withAttention)('gives the attention of generation', () => {
      const tensors = openSafetensors(states)
      const wanted = new Float32Array(tensors.tensors.get('generate.cross')!.shape.reduce((a, b) => a * b))
      tensors.readFloats('generate.cross', wanted)
      tensors.close()
      const source = sources[withAttention!.sentences[0]]
      const target = withAttention!.sequences[0][0].slice(1)
      const layers = new ForcedDecoder(player, model.weights).crossAttention({ source, target })
      expectClose(layers.at(-1)!.values, wanted, 1e-4)
    })
  })
})
