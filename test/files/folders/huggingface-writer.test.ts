import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { type GenerationOptions, generationDefaults } from '#dist/engine/decode/settings/options.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { parameters } from '#dist/engine/weights/parameters.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { marian } from '#dist/files/folders/families/marian.js'
import { generateTakes, writeHuggingFaceFolder } from '#dist/files/folders/huggingface-writer.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { readTokenizerFiles } from '#dist/files/folders/tokenizers/stored-tokenizer.js'
import type { TokenizerContents } from '#dist/files/folders/tokenizers/tokenizer-files.js'
import { DiskFolder } from '#dist/formats/disk/disk-folder.js'
import { initialize } from '#dist/learn/train/settings/initialize.js'
import { Random } from '#dist/learn/train/state/random.js'
import { translationOptions } from '#dist/learn/train/step/validation.js'
import { MarianVocabularyTrainer, vocabularySizes } from '#dist/learn/train/vocabulary/vocabulary.js'
import { Translator } from '#dist/use/translate/translator.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { lacks, runPython } from '../../learn/train/vocabulary/python.ts'

const scratch = scratchFolder()
const pairs = Array.from({ length: 40 }, (_, n) => ({
  source: `le chat numéro ${n} dort`,
  target: `the cat number ${n} sleeps`,
}))

/** A model with a vocabulary of its own and random weights: biases and norms too. */
function written(name: string, sharing: 'joint' | 'separate', change: Partial<ModelConfig> = {}) {
  const trainer = new MarianVocabularyTrainer({ type: 'unigram', size: 60, sharing, longestText: 512 })
  for (const pair of pairs) trainer.add(pair)
  const tokenizer = trainer.train()
  const { source, target } = vocabularySizes(tokenizer, name)
  const stack = (layers: number, dFeedForward: number) => ({ layers, heads: 4, dHead: 8, dFeedForward })
  const config: ModelConfig = {
    dModel: 32,
    encoder: stack(2, 48),
    decoder: stack(1, 64),
    activation: 'relu',
    norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5 },
    positions: { kind: 'halves' },
    embeddingScale: Math.sqrt(32),
    sourceVocabulary: source,
    targetVocabulary: target,
    sharedEmbedding: sharing === 'joint',
    tiedOutput: true,
    outputBias: true,
    linearBias: true,
    outputScale: 1,
    ids: { end: 0, unknown: 1, start: target - 1, padding: target - 1 },
    maxLength: 64,
    ...change,
  }
  const weights = new Weights(config)
  initialize(weights, 3)
  const random = new Random(4)
  for (const { name: weight, rows } of weights.parameters)
    if (rows === 1) weights.get(weight).forEach((value, i, all) => (all[i] = value + 0.1 * random.normal()))
  const folder = join(scratch, name)
  const generation = translationOptions(config, 2)
  writeHuggingFaceFolder(folder, { weights, dtype: 'float32', tokenizer, generation })
  return { folder, weights, config, generation }
}

const models = [
  written('joint', 'joint'),
  written('separate', 'separate', { activation: 'swish' }),
  written('unscaled', 'joint', { embeddingScale: 1, activation: 'geluTanh' }),
  written('gelu', 'separate', { activation: 'gelu' }),
  written('untied', 'separate', { tiedOutput: false }),
  written('untied-output', 'joint', { tiedOutput: false }),
  written('untied-embeddings', 'joint', { sharedEmbedding: false }),
  written('all-untied', 'joint', { sharedEmbedding: false, tiedOutput: false }),
]

describe.each(models)('a Marian folder as we write it ($folder)', ({ folder, weights, config, generation }) => {
  it('is loaded with the same weights, configuration and generation options', () => {
    const loaded = loadFolder(folder)
    expect(loaded.config).toEqual({ ...config, ids: { ...config.ids, unknown: loaded.config.ids.unknown } })
    expect(loaded.generation).toEqual(generation)
    for (const { name } of parameters(config)) expect(loaded.weights.get(name), name).toEqual(weights.get(name))
  })

  it('keeps every generation option that was set, and how long texts may be', () => {
    const tokenizer = readTokenizerFiles(new DiskFolder(folder), { kind: 'marian' }) as TokenizerContents & {
      kind: 'marian'
    }
    const set: GenerationOptions = {
      ...generationDefaults,
      encoderNoRepeatNgram: 4,
      encoderRepetitionPenalty: 1.1,
      removeInvalid: true,
      stopStrings: ['.'],
      maxTime: 9,
      exponentialDecay: [3, 1.2],
      sequenceBias: [[[5, 6], -1]],
      ends: [0, 4],
      sample: true,
      temperature: 0.7,
      topK: 0,
      topP: 0.9,
      minP: 0.1,
      topH: 0.5,
      typicalP: 0.8,
      epsilonCutoff: 0.01,
      etaCutoff: 0.02,
      beams: 3,
      alternatives: 2,
      lengthPenalty: 0.6,
      lengthPenaltyForm: 'power',
      earlyStopping: true,
      minTokens: 3,
      maxTokens: 40,
      noRepeatNgram: 3,
      repetitionPenalty: 1.3,
      renormalize: true,
      shortlist: false,
      suppress: [5, 6],
      suppressSequences: [[7, 8]],
      suppressFirst: [9],
      forcedFirst: 10,
      forcedLast: null,
      draft: 'lookup',
      draftTokens: 7,
      draftNgram: 3,
    }
    const again = join(scratch, `${config.activation} again`)
    writeHuggingFaceFolder(again, { weights, dtype: 'float32', tokenizer, generation: set, splitTokens: 33 })
    expect(loadFolder(again)).toMatchObject({ generation: set, splitTokens: 33 })
  })

  it('translates', async () => {
    await using translator = await Translator.load(folder, { backend: 'js', workers: 1 })
    const { text } = await translator.translate('le chat dort', { maxTokens: 8 })
    expect(typeof text).toBe('string')
    expect(translator.model.config.dModel).toBe(32)
  })
})

describe('a model that Marian cannot be', () => {
  it.each<[string, Partial<ModelConfig>]>([
    ['pre-norm', { norm: { kind: 'layerNorm', order: 'pre', epsilon: 1e-5 } }],
    ['RMS norm', { norm: { kind: 'rmsNorm', order: 'post', epsilon: 1e-5 } }],
    ['another ε', { norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-6 } }],
    ['other positions', { positions: { kind: 'interleaved' } }],
    ['another scale of embeddings', { embeddingScale: 2 }],
    ['no biases', { linearBias: false }],
    ['no bias of the output', { outputBias: false }],
    ['another scale of the output', { outputScale: 0.5 }],
    ['heads of another width', { decoder: { layers: 1, heads: 4, dHead: 6, dFeedForward: 64 } }],
    ['no padding', { ids: { end: 0, start: 1, padding: null, unknown: null } }],
    ['no start', { ids: { end: 0, start: null, padding: 1, unknown: null } }],
  ])('is told: %s', (_, change) => {
    const { config } = models[0]
    expect(marian.written!.takes(config)).toBe(true)
    expect(marian.written!.takes({ ...config, ...change })).toBe(false)
  })

  it('is reported by the options that generate() lacks', () => {
    const { generation } = models[0]
    expect(generateTakes(generation)).toBe(true)
    expect(generateTakes({ ...generation, lengthPenaltyForm: 'gnmt' })).toBe(false)
    expect(generateTakes({ ...generation, shortlist: true })).toBe(false)
  })
})

const reason = lacks('transformers')

describe.skipIf(reason !== null)(`Hugging Face's MarianMTModel${reason ? ` (skipped: ${reason})` : ''}`, () => {
  it('loads our folders, all of it and nothing else, and computes the same logits', () => {
    const pair = { source: [5, 9, 13, 7, 2, 0], target: [4, 8, 3, 11, 0] }
    const answers = runPython(
      '../../../files/folders/huggingface_logits.py',
      models.map(({ folder }) => ({ folder, ...pair })),
    )
    models.forEach(({ weights, folder }, k) => {
      const { logits, missing, unexpected } = answers[k]
      expect({ missing, unexpected }, folder).toEqual({ missing: [], unexpected: [] })
      const player = new JsPlayer()
      const [ours] = new ForcedDecoder(player, weights).trace([pair], ['output.out'])
      player.close()
      const range = Math.max(...logits.map(Math.abs))
      const worst = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - logits[i])), 0)
      expect(ours.length, folder).toBe(logits.length)
      expect(worst / range, folder).toBeLessThan(1e-5)
    })
  })
})
