import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { GlassformerError } from '#dist/errors.js'
import { convertFolder } from '#dist/folders/convert.js'
import { loadFolder } from '#dist/folders/load.js'
import { openSafetensors } from '#dist/formats/safetensors.js'
import { type TensorToWrite, writeSafetensors } from '#dist/formats/safetensors-writer.js'
import { parameters } from '#dist/weights/parameters.js'
import { expectError, scratchFolder } from '../formats/raw-safetensors.ts'
import { sharedFolder } from '../shared-folder.ts'

const scratch = scratchFolder()
const golden = (name: string) => fileURLToPath(new URL(`../golden/hub/${name}/model`, import.meta.url))
const sharedHub = (name: string) => join(sharedFolder!, 'golden', 'hub', name, 'model')
const embedded = fileURLToPath(new URL('../../models/fr-en', import.meta.url))
const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

let copies = 0
/** A copy of a golden folder whose files may then be damaged. */
function copy(name = 'marian-f16'): string {
  const folder = join(scratch, `copy${copies++}`)
  cpSync(golden(name), folder, { recursive: true })
  return folder
}

function edit(folder: string, file: string, change: (json: Record<string, unknown>) => void): string {
  const json = readJson(join(folder, file))
  change(json)
  writeFileSync(join(folder, file), JSON.stringify(json))
  return folder
}

/** All tensors of a folder, to be written again with some of them changed. */
function rewrite(folder: string, change: (tensors: Map<string, TensorToWrite>) => void): string {
  const path = join(folder, 'model.safetensors')
  const file = openSafetensors(path)
  const tensors = new Map<string, TensorToWrite>()
  for (const [name, { shape }] of file.tensors) {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1))
    file.readFloats(name, values)
    tensors.set(name, { name, shape, dtype: 'F32', values })
  }
  file.close()
  change(tensors)
  writeSafetensors(path, [...tensors.values()])
  return folder
}

const sameWeights = (a: ReturnType<typeof loadFolder>, b: ReturnType<typeof loadFolder>) =>
  parameters(a.config).every(({ name }) => Buffer.from(a.weights.get(name)).equals(Buffer.from(b.weights.get(name))))

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
      storedAs: 'F16',
      bytes: 117570,
    })
    expect(model.weights.values.buffer).toBeInstanceOf(SharedArrayBuffer)
  })

  test('gives every weight what its tensor holds', () => {
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

  test('may store sinusoids and tied matrices again, if they are the same', () => {
    const again = (name: string, shift: number) =>
      rewrite(copy(), (tensors) => {
        const shared = tensors.get('model.shared.weight')!
        const values = (shared.values as Float32Array).map((value) => value + shift)
        tensors.set(name, { name, shape: shared.shape, dtype: 'F32', values })
      })
    for (const name of ['lm_head.weight', 'model.encoder.embed_tokens.weight', 'model.decoder.embed_positions.weight'])
      expect(sameWeights(loadFolder(again(name, 0)), loadFolder(golden('marian-f16')))).toBe(true)
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
    expect(sameWeights(loadFolder(sharedHub('marian-sharded')), loadFolder(sharedHub('marian')))).toBe(true)
  })

  test.skipIf(!sharedFolder)('gives the embeddings that transformers computes, scaled or not', () => {
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
      encoder: { layers: 4 },
      decoder: { layers: 2 },
      targetVocabulary: 8000,
    })
    expect(generation).toMatchObject({ beams: 4, maxTokens: 255, suppress: [7999], forcedLast: 0 })
    expect(tokenizer.kind).toBe('marian')
    expect({ sourceLocale, storedAs }).toEqual({ sourceLocale: 'fr', storedAs: 'I8' })
    expect(bytes).toBe(7448448)
  })
})

describe('convertFolder', () => {
  test('stores the same model in another dtype under the same names', () => {
    const half = join(scratch, 'half')
    convertFolder(golden('marian-two-vocabularies'), half, 'F16')
    const model = loadFolder(half)
    expect(model).toMatchObject({ storedAs: 'F16', bytes: 246500 / 2 })
    expect(model.config).toEqual(loadFolder(golden('marian-two-vocabularies')).config)
    expect(readJson(join(half, 'config.json')).dtype).toBe('float16')
    const full = join(scratch, 'full')
    convertFolder(half, full, 'F32')
    expect(sameWeights(loadFolder(full), model)).toBe(true)
    expectError(() => convertFolder(half, half, 'F32'), 'ERR_OPTION', 'onto itself')
  })
})

describe('bad input:', () => {
  test('no folder', () =>
    expectError(() => loadFolder(join(scratch, 'none')), 'ERR_FILE', join(scratch, 'none'), 'check the path'))
  test('a file for a folder', () =>
    expectError(() => loadFolder(join(embedded, 'config.json')), 'ERR_FILE', 'is a file: give the folder'))
  test('a folder without config.json', () =>
    expectError(() => loadFolder(scratch), 'ERR_FILE', 'config.json', 'no such file'))
  test('a config.json that is a folder', () => {
    const folder = copy()
    rmSync(join(folder, 'config.json'))
    mkdirSync(join(folder, 'config.json'))
    expectError(() => loadFolder(folder), 'ERR_FILE', 'config.json', 'it is a folder')
  })
  test.skipIf(process.getuid?.() === 0)('a file that this user may not read', () => {
    const folder = copy()
    chmodSync(join(folder, 'model.safetensors'), 0)
    expectError(() => loadFolder(folder), 'ERR_FILE', 'model.safetensors', 'check its permissions')
  })
  test('bad JSON, with its place', () => {
    const folder = copy()
    writeFileSync(join(folder, 'config.json'), '{\n  "d_model": 32,,\n}')
    expectError(
      () => loadFolder(folder),
      'ERR_MODEL_FORMAT',
      'config.json: not valid JSON at line 2, column 17 (offset 18)',
    )
    writeFileSync(join(folder, 'config.json'), '[]')
    expectError(() => loadFolder(folder), 'ERR_MODEL_FORMAT', 'a JSON object was expected')
    writeFileSync(join(folder, 'config.json'), Buffer.from([0x7b, 0x80]))
    expectError(() => loadFolder(folder), 'ERR_MODEL_FORMAT', 'byte 1 is not UTF-8')
  })
  test('an unsupported model_type, with those supported', () => {
    const typed = (type: unknown) => edit(copy(), 'config.json', (json) => Object.assign(json, { model_type: type }))
    expectError(() => loadFolder(typed('bart')), 'ERR_UNSUPPORTED', `'bart'`, `'marian'`, `'glassformer'`)
    expectError(() => loadFolder(typed('constructor')), 'ERR_UNSUPPORTED', `'constructor'`)
    expectError(() => loadFolder(typed(undefined)), 'ERR_MODEL_FORMAT', 'model_type is missing')
  })
  test('weights of PyTorch only', () => {
    const folder = copy()
    rmSync(join(folder, 'model.safetensors'))
    expectError(() => loadFolder(folder), 'ERR_FILE', 'model.safetensors', 'no weights')
    writeFileSync(join(folder, 'pytorch_model.bin'), '')
    expectError(() => loadFolder(folder), 'ERR_UNSUPPORTED', 'pytorch_model.bin', 'convert them to safetensors')
  })
  test('missing weights, extra ones and other shapes, all named at once', () => {
    const folder = rewrite(copy(), (tensors) => {
      tensors.delete('model.encoder.layers.0.fc1.bias')
      tensors.set('model.encoder.layers.9.fc1.bias', {
        name: 'model.encoder.layers.9.fc1.bias',
        shape: [1],
        dtype: 'F32',
        values: Float32Array.of(1),
      })
      const fc2 = tensors.get('model.decoder.layers.0.fc2.weight')!
      tensors.set(fc2.name, { ...fc2, shape: [64, 32] } as TensorToWrite)
    })
    expectError(
      () => loadFolder(folder),
      'ERR_MODEL_FORMAT',
      folder,
      'missing: model.encoder.layers.0.fc1.bias;',
      'not of this model: model.encoder.layers.9.fc1.bias;',
      'of another shape: model.decoder.layers.0.fc2.weight is [64, 32], not [32, 64]',
    )
  })
  test('shapes that contradict config.json', () => {
    const changed = (change: object) => edit(copy(), 'config.json', (json) => Object.assign(json, change))
    expectError(
      () => loadFolder(changed({ decoder_layers: 4 })),
      'ERR_MODEL_FORMAT',
      'missing: model.decoder.layers.3',
      'and 21 more',
    )
    expectError(
      () => loadFolder(changed({ decoder_layers: 2 })),
      'ERR_MODEL_FORMAT',
      'not of this model: model.decoder.layers.2',
    )
    expectError(
      () => loadFolder(changed({ encoder_ffn_dim: 65 })),
      'ERR_MODEL_FORMAT',
      'model.encoder.layers.0.fc1.weight is [64, 32], not [65, 32]',
    )
    expectError(
      () => loadFolder(changed({ vocab_size: 98, decoder_vocab_size: 98 })),
      'ERR_MODEL_FORMAT',
      'model.shared.weight is [97, 32], not [98, 32]',
    )
    expectError(() => loadFolder(changed({ vocab_size: 98 })), 'ERR_MODEL_FORMAT', 'equal vocabularies')
  })
  test('not-a-number in the weights', () => {
    const folder = copy()
    const path = join(folder, 'model.safetensors')
    const bytes = readFileSync(path)
    const file = openSafetensors(path)
    const { offset } = file.tensors.get('model.decoder.layers.1.fc1.weight')!
    file.close()
    bytes.writeUInt16LE(0x7e00, offset + 2 * 77)
    writeFileSync(path, bytes)
    expectError(
      () => loadFolder(folder),
      'ERR_MODEL_FORMAT',
      path,
      `'model.decoder.layers.1.fc1.weight' is NaN at index 77`,
    )
  })
  test('a truncated weights file', () => {
    const folder = copy()
    const bytes = readFileSync(join(folder, 'model.safetensors'))
    writeFileSync(join(folder, 'model.safetensors'), bytes.subarray(0, bytes.length - 100))
    expectError(() => loadFolder(folder), 'ERR_MODEL_FORMAT', 'cut short')
  })
  test.each([
    [{ d_model: 0 }, 'd_model must be a positive integer, not 0'],
    [{ d_model: undefined }, 'd_model is missing'],
    [{ encoder_attention_heads: 5 }, 'encoder_attention_heads must be a divisor of d_model (32), not 5'],
    [{ decoder_layers: '3' }, 'decoder_layers must be a positive integer, not "3"'],
    [{ scale_embedding: 1 }, 'scale_embedding must be true or false, not 1'],
    [{ pad_token_id: 200 }, 'ids.padding is 200, outside the target vocabulary of 97'],
  ])('a config.json with %j', (change, message) => {
    const folder = edit(copy(), 'config.json', (json) => Object.assign(json, change))
    if ('pad_token_id' in change) rmSync(join(folder, 'generation_config.json'))
    expectError(() => loadFolder(folder), 'ERR_MODEL_FORMAT', 'config.json', message)
  })
  test('an activation or a quantization that is not there yet', () => {
    const changed = (change: object) => edit(copy(), 'config.json', (json) => Object.assign(json, change))
    expectError(() => loadFolder(changed({ activation_function: 'mish' })), 'ERR_UNSUPPORTED', `'mish'`, 'swish')
    expectError(() => loadFolder(changed({ quantization_config: {} })), 'ERR_UNSUPPORTED', 'quantization_config')
  })
  test('a generation_config.json that asks for more than there is, or for ids that there are not', () => {
    const changed = (change: object) => edit(copy(), 'generation_config.json', (json) => Object.assign(json, change))
    expectError(() => loadFolder(changed({ do_sample: true })), 'ERR_UNSUPPORTED', 'generation_config.json: do_sample')
    expectError(
      () => loadFolder(changed({ num_beams: 'four' })),
      'ERR_MODEL_FORMAT',
      'generation_config.json: num_beams must be',
    )
    expectError(() => loadFolder(changed({ bad_words_ids: [[97]] })), 'ERR_MODEL_FORMAT', 'id 97, outside')
  })
  test('a tokenizer of which files are missing', () => {
    const folder = copy()
    writeFileSync(join(folder, 'vocab.json'), '{}')
    expectError(() => loadFolder(folder), 'ERR_FILE', join(folder, 'source.spm'), 'is missing')
  })
  test('every byte of a small config.json, changed', () => {
    const folder = copy()
    const sound = readFileSync(join(folder, 'config.json'))
    for (let i = 0; i < sound.length; i += 7) {
      const bytes = Buffer.from(sound)
      bytes[i] ^= 1 << (i % 8)
      writeFileSync(join(folder, 'config.json'), bytes)
      try {
        loadFolder(folder)
      } catch (error) {
        expect(error).toBeInstanceOf(GlassformerError)
      }
    }
  })
})
