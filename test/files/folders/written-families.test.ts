import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { unsayable, writtenFamilyOf } from '#dist/files/folders/families/families.js'
import { writeHuggingFaceFolder } from '#dist/files/folders/huggingface-writer.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { initialize } from '#dist/learn/train/settings/initialize.js'
import { Random } from '#dist/learn/train/state/random.js'
import { translationOptions } from '#dist/learn/train/step/validation.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { lacks, runPython } from '../../learn/train/vocabulary/python.ts'

const scratch = scratchFolder()

const stack = (layers: number) => ({ layers, heads: 4, dHead: 8, dFeedForward: 48 })
const ids = { end: 2, start: 0, padding: 0, unknown: null }

const t5: ModelConfig = {
  dModel: 32,
  encoder: stack(2),
  decoder: stack(2),
  activation: 'relu',
  gated: false,
  norm: { kind: 'rmsNorm', order: 'pre', epsilon: 1e-6 },
  positions: { kind: 'buckets', buckets: 8, furthest: 20 },
  scaledAttention: false,
  embeddingScale: 1,
  sourceVocabulary: 60,
  targetVocabulary: 60,
  sharedEmbedding: true,
  tiedOutput: true,
  outputBias: false,
  linearBias: false,
  outputScale: 32 ** -0.5,
  ids,
  maxLength: 16_384,
}

const local = (attention: NonNullable<ModelConfig['encoder']['attention']>) => ({ ...stack(2), attention })
const switched = (layers: number, sparse: number[]) => ({
  ...stack(layers),
  feedForward: { experts: 4, k: 1, softmax: 'all', layers: sparse, balance: 0 } as const,
})

const models: Record<string, ModelConfig> = {
  'longt5-local': {
    ...t5,
    encoder: local({ local: 5 }),
    gated: true,
    activation: 'geluTanh',
    tiedOutput: false,
    outputScale: 1,
  },
  'longt5-tglobal': { ...t5, encoder: local({ local: 4, global: { kind: 'blocks', size: 3 } }) },
  switch: { ...t5, encoder: switched(4, [1, 3]), decoder: switched(2, [0, 1]) },
  led: {
    ...t5,
    encoder: local({ local: [5, 9], global: { kind: 'first' } }),
    activation: 'gelu',
    norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5, embedding: true },
    positions: { kind: 'learned', rows: 64, targetRows: 32, offset: 0 },
    scaledAttention: true,
    linearBias: true,
    outputBias: true,
    outputScale: 1,
    ids: { ...ids, start: 2, padding: 1, end: 2 },
    maxLength: 64,
  },
}

function written(name: string) {
  const weights = new Weights(models[name])
  initialize(weights, 3)
  const random = new Random(4)
  for (const { name: weight, rows } of weights.parameters)
    if (rows === 1) weights.get(weight).forEach((value, i, all) => (all[i] = value + 0.1 * random.normal()))
  const folder = join(scratch, name)
  const generation = translationOptions(models[name], 2)
  writeHuggingFaceFolder(folder, { weights, dtype: 'float32', tokenizer: { kind: 'none' }, generation })
  return { folder, weights }
}

const folders = new Map(Object.keys(models).map((name) => [name, written(name)]))
const source = [5, 9, 33, 21, 7, 40, 12, 18, 27, 6, 31, 14, 22, 8, 19, 36, 11, 25, 2]
const target = [4, 8, 3, 11, 2]

describe.each([...folders])('%s as we write it', (_, { folder, weights }) => {
  it('is loaded with the same configuration, weights and logits', () => {
    const loaded = loadFolder(folder, { precision: 'float32' })
    const { encoder, decoder, norm, positions, outputScale } = weights.config
    expect(loaded.config).toMatchObject({ encoder, decoder, norm, positions, outputScale })
    for (const { name } of weights.parameters) expect(loaded.weights.get(name), name).toEqual(weights.get(name))
    const player = new JsPlayer()
    const logits = [weights, loaded.weights].map(
      (of) => new ForcedDecoder(player, of).trace([{ source, target }], ['output.out'])[0],
    )
    expect(logits[1]).toEqual(logits[0])
    player.close()
  })
})

describe('a model that none of these families can be', () => {
  const [{ config: longT5 }, { config: switchModel }, { config: ledModel }] = ['longt5-local', 'switch', 'led'].map(
    (name) => folders.get(name)!.weights,
  )
  it.each<[string, ModelConfig]>([
    ['local attention in the decoder', { ...longT5, decoder: local({ local: 5 }) }],
    [
      'two experts for a token',
      {
        ...switchModel,
        encoder: { ...switchModel.encoder, feedForward: { ...switchModel.encoder.feedForward!, k: 2 } },
      },
    ],
    ['experts in layers of no step', { ...switchModel, encoder: switched(4, [0, 1]) }],
    ['experts in one stack alone', { ...switchModel, decoder: stack(2) }],
    ['LED without its first token', { ...ledModel, encoder: local({ local: 5 }) }],
  ])('is told: %s', (_, config) => {
    expect(writtenFamilyOf(config)).toBeNull()
  })

  it('has a reason where a part of it is in no family', () => {
    expect(unsayable({ ...longT5, decoder: local({ local: 5 }) })).toBe('its decoder has local attention')
    expect(writtenFamilyOf(t5)!.modelTypes).toContain('t5')
  })
})

const reason = lacks('transformers')

describe.skipIf(reason !== null)(`Hugging Face's models${reason ? ` (skipped: ${reason})` : ''}`, () => {
  it('load our folders, all of it and nothing else, and compute the same logits', () => {
    const all = [...folders]
    const answers = runPython(
      '../../../files/folders/huggingface_logits.py',
      all.map(([, { folder }]) => ({ folder, source, target })),
    )
    const player = new JsPlayer()
    all.forEach(([name, { weights }], k) => {
      const { logits, missing, unexpected } = answers[k]
      expect({ missing, unexpected }, name).toEqual({ missing: [], unexpected: [] })
      const [ours] = new ForcedDecoder(player, weights).trace([{ source, target }], ['output.out'])
      const range = Math.max(...logits.map(Math.abs))
      const worst = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - logits[i])), 0)
      expect(worst / range, name).toBeLessThan(1e-5)
    })
    player.close()
  })
})
