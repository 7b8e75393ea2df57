import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, it } from 'vitest'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { backends } from '../../backends.ts'
import { sharedFolder } from '../../shared-folder.ts'
import { expectClose } from './expect-close.ts'

/**
 * States computed by Hugging Face transformers on small random models; its generated ids are in
 * generate-golden.test.ts.
 */
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
const copied = fileURLToPath(new URL('../../golden/hub/', import.meta.url))

interface Case {
  name: string
  sentences: number[]
  /** [sentence][n-best] of ids, the start included. */
  sequences: number[][][]
}

interface Expected {
  input_ids: number[][]
  lengths: number[]
  targets?: number[][]
  target_log_probs?: number[][]
  attention_sentence?: number
  cases: Case[]
}

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

  describe.each(backends)('$name', ({ make }) => {
    const player = make()
    afterAll(() => player.close())

    it.runIf(forced)('computes the states, logits, attentions and scores of teacher forcing', () => {
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
        // The last layer is stored as the stack's output: post-norm models have no norm above it.
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
    it.runIf(forced && withAttention)('computes the attention of generation', () => {
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
