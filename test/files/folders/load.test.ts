import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parameters } from '#dist/engine/weights/parameters.js'
import { convertFolder } from '#dist/files/folders/convert.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import type { TensorToWrite } from '#dist/formats/tensors/safetensors-writer.js'
import { expectError } from '../../formats/raw-safetensors.ts'
import { sharedFolder } from '../../shared-folder.ts'
import { copy, edit, embedded, golden, readJson, rewrite, scratch } from './edited-folder.ts'

const sharedHub = (name: string) => join(sharedFolder!, 'golden', 'hub', name, 'model')

const expectSameWeights = (a: ReturnType<typeof loadFolder>, b: ReturnType<typeof loadFolder>) =>
  expect(parameters(a.config).map(({ name }) => a.weights.get(name))).toEqual(
    parameters(b.config).map(({ name }) => b.weights.get(name)),
  )

describe('a Marian folder', () => {
  test('is read: configuration, generation options, weights', () => {
    const model = loadFolder(golden('marian-f16'))
    expect(model.config).toEqual({
      dModel: 32,
      encoder: { layers: 2, heads: 4, dHead: 8, dFeedForward: 64 },
      decoder: { layers: 3, heads: 4, dHead: 8, dFeedForward: 64 },
      activation: 'swish',
      norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5 },
      positions: { kind: 'halves' },
      embeddingScale: Math.sqrt(32),
      sourceVocabulary: 97,
      targetVocabulary: 97,
      sharedEmbedding: true,
      tiedOutput: true,
      outputBias: true,
      linearBias: true,
      outputScale: 1,
      ids: { end: 0, start: 96, padding: 96, unknown: null },
      maxLength: 64,
    })
    expect(model.generation).toMatchObject({
      beams: 4,
      maxTokens: 27,
      suppress: [96],
      forcedLast: 0,
      renormalize: true,
    })
    expect(model).toMatchObject({
      name: 'model',
      tokenizer: { kind: 'none' },
      splitTokens: 100,
      storedAs: 'float16',
      bytes: 117570,
    })
    expect(model.weights.values.buffer).toBeInstanceOf(SharedArrayBuffer)
  })

  test('fills every weight with its tensor', () => {
    const { weights } = loadFolder(golden('marian-f16'))
    const file = openSafetensors(join(golden('marian-f16'), 'model.safetensors'))
    for (const [ours, theirs] of [
      ['embedding.weight', 'model.shared.weight'],
      ['encoder.1.selfAttention.query.weight', 'model.encoder.layers.1.self_attn.q_proj.weight'],
      ['encoder.0.selfAttentionNorm.bias', 'model.encoder.layers.0.self_attn_layer_norm.bias'],
      ['decoder.2.crossAttention.key.bias', 'model.decoder.layers.2.encoder_attn.k_proj.bias'],
      ['decoder.2.crossAttention.output.weight', 'model.decoder.layers.2.encoder_attn.out_proj.weight'],
      ['decoder.0.crossAttentionNorm.weight', 'model.decoder.layers.0.encoder_attn_layer_norm.weight'],
      ['decoder.1.feedForward.inner.weight', 'model.decoder.layers.1.fc1.weight'],
      ['decoder.1.feedForward.outer.bias', 'model.decoder.layers.1.fc2.bias'],
      ['decoder.1.feedForwardNorm.weight', 'model.decoder.layers.1.final_layer_norm.weight'],
      ['output.bias', 'final_logits_bias'],
    ]) {
      const values = new Float32Array(weights.get(ours).length)
      file.readFloats(theirs, values)
      expect(Array.from(weights.get(ours))).toEqual(Array.from(values))
    }
    file.close()
  })

  test("has MarianConfig's defaults where config.json says nothing", () => {
    const folder = edit(copy(), 'config.json', (json) => {
      for (const key of ['activation_function', 'max_position_embeddings', 'scale_embedding', 'decoder_vocab_size'])
        delete json[key]
    })
    const { sourceVocabulary } = loadFolder(golden('marian-f16')).config
    expect(loadFolder(folder).config).toMatchObject({
      activation: 'gelu',
      maxLength: 1024,
      embeddingScale: 1,
      targetVocabulary: sourceVocabulary,
    })
  })

  test('may have two vocabularies', () => {
    const { config, weights } = loadFolder(golden('marian-two-vocabularies'))
    expect(config).toMatchObject({
      sourceVocabulary: 97,
      targetVocabulary: 89,
      sharedEmbedding: false,
      tiedOutput: true,
    })
    expect(weights.get('encoder.embedding.weight').length).toBe(97 * 32)
    expect(weights.get('decoder.embedding.weight').length).toBe(89 * 32)
  })

  test('without generation_config.json takes the settings from config.json, with it does not', () => {
    const settings = { num_beams: 6, bad_words_ids: [[96]], max_length: 20, no_repeat_ngram_size: 2 }
    const folder = edit(copy(), 'config.json', (json) => Object.assign(json, settings))
    expect(loadFolder(folder).generation).toMatchObject({ beams: 4, maxTokens: 27, noRepeatNgram: 0 })
    rmSync(join(folder, 'generation_config.json'))
    expect(loadFolder(folder).generation).toMatchObject({
      beams: 6,
      maxTokens: 19,
      noRepeatNgram: 2,
      suppress: [96],
      forcedLast: 0,
      renormalize: false,
    })
  })

  test('without generation_config.json ends at the limit as MarianConfig has it by default, unless config.json says null', () => {
    const folder = copy()
    rmSync(join(folder, 'generation_config.json'))
    edit(folder, 'config.json', (json) => delete json.forced_eos_token_id)
    expect(loadFolder(folder).generation.forcedLast).toBe(0)
    edit(folder, 'config.json', (json) => Object.assign(json, { forced_eos_token_id: null }))
    expect(loadFolder(folder).generation.forcedLast).toBe(null)
  })

  test('may store sinusoids and tied matrices again, if they are the same', () => {
    const again = (name: string, shift: number) =>
      rewrite(copy(), (tensors) => {
        const shared = tensors.get('model.shared.weight')!
        const values = (shared.values as Float32Array).map((value) => value + shift)
        tensors.set(name, { name, shape: shared.shape, dtype: 'F32', values })
      })
    for (const name of ['lm_head.weight', 'model.encoder.embed_tokens.weight', 'model.decoder.embed_positions.weight'])
      expectSameWeights(loadFolder(again(name, 0)), loadFolder(golden('marian-f16')))
    expectError(
      () => loadFolder(again('lm_head.weight', 1)),
      'ERR_MODEL_FORMAT',
      'ties lm_head.weight to model.shared.weight',
    )
  })

  test('may have an output matrix of its own, no bias of the logits, an embedding under one of its tied names', () => {
    const folder = edit(copy(), 'config.json', (json) => Object.assign(json, { tie_word_embeddings: false }))
    rewrite(folder, (tensors) => {
      const shared = tensors.get('model.shared.weight')!
      tensors.set('lm_head.weight', {
        ...shared,
        name: 'lm_head.weight',
        values: (shared.values as Float32Array).map((v) => -v),
      } as TensorToWrite)
      tensors.set('model.decoder.embed_tokens.weight', { ...shared, name: 'model.decoder.embed_tokens.weight' })
      tensors.delete('model.shared.weight')
      tensors.delete('final_logits_bias')
    })
    const { weights, config } = loadFolder(folder)
    expect(config.tiedOutput).toBe(false)
    expect(weights.get('output.weight')[5]).toBe(-weights.get('embedding.weight')[5])
    expect(weights.get('output.bias').every((value) => value === 0)).toBe(true)
  })

  test.skipIf(!sharedFolder)('in shards is the same model', () => {
    expectSameWeights(loadFolder(sharedHub('marian-sharded')), loadFolder(sharedHub('marian')))
  })

  test.skipIf(!sharedFolder)('computes the embeddings of transformers, scaled or not', () => {
    for (const name of [
      'marian',
      'marian-bf16',
      'marian-f16',
      'marian-gelu-unscaled',
      'marian-relu-4x1',
      'marian-two-vocabularies',
    ]) {
      const { config, weights } = loadFolder(sharedHub(name), { precision: 'float32' })
      const { input_ids: ids, lengths } = readJson(join(sharedHub(name), '..', 'expected.json'))
      const file = openSafetensors(join(sharedHub(name), '..', 'expected.safetensors'))
      const expected = new Float32Array(48 * 32)
      file.readFloats('encoder.embedding', expected)
      file.close()
      const table = weights.get(config.sharedEmbedding ? 'embedding.weight' : 'encoder.embedding.weight')
      let row = 0
      ids.forEach((sentence: number[], s: number) => {
        const length = Array.isArray(lengths) ? lengths[s] : lengths.source[s]
        for (let p = 0; p < length; p++, row++)
          for (let i = 0; i < 32; i++) {
            const angle = p / 10000 ** ((2 * (i % 16)) / 32)
            const value =
              table[sentence[p] * 32 + i] * config.embeddingScale + (i < 16 ? Math.sin(angle) : Math.cos(angle))
            expect(Math.abs(value - expected[row * 32 + i])).toBeLessThan(1e-5)
          }
      })
      expect(row).toBe(48)
    }
  })
})

describe('the embedded model', () => {
  test('is a Marian folder in int8 with its tokenizer', () => {
    const { config, generation, tokenizer, sourceLocale, storedAs, bytes } = loadFolder(embedded)
    expect(config).toMatchObject({
      dModel: 256,
      encoder: { layers: 6 },
      decoder: { layers: 2 },
      targetVocabulary: 12000,
    })
    expect(generation).toMatchObject({ beams: 4, maxTokens: 255, suppress: [11999], forcedLast: 0 })
    expect(tokenizer.kind).toBe('marian')
    expect({ sourceLocale, storedAs }).toEqual({ sourceLocale: 'fr', storedAs: 'int8' })
    expect(bytes).toBe(10101056)
  })
})

describe('convertFolder', () => {
  test('stores the same model in another dtype under the same names', () => {
    const half = join(scratch, 'half')
    convertFolder(golden('marian-two-vocabularies'), half, 'float16')
    const model = loadFolder(half)
    expect(model).toMatchObject({ storedAs: 'float16', bytes: 246500 / 2 })
    expect(model.config).toEqual(loadFolder(golden('marian-two-vocabularies')).config)
    expect(readJson(join(half, 'config.json')).dtype).toBe('float16')
    const full = join(scratch, 'full')
    convertFolder(half, full, 'float32')
    expectSameWeights(loadFolder(full), model)
    expectError(() => convertFolder(half, half, 'float32'), 'ERR_OPTION', 'onto itself')
  })
})
