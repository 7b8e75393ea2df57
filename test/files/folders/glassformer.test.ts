import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generationDefaults } from '#dist/engine/decode/settings/options.js'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { parameters } from '#dist/engine/weights/parameters.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { writeGlassformerFolder } from '#dist/files/folders/glassformer.js'
import { readGlassformerConfig } from '#dist/files/folders/layout/glassformer-config.js'
import { loadFolder } from '#dist/files/folders/load.js'
import type { TokenizerContents } from '#dist/files/folders/tokenizers/tokenizer-files.js'
import { writeSafetensors } from '#dist/formats/tensors/safetensors-writer.js'
import { expectError, scratchFolder } from '../../formats/raw-safetensors.ts'

const scratch = scratchFolder()

const small: ModelConfig = {
  dModel: 6,
  encoder: { layers: 1, heads: 2, dHead: 3, dFeedForward: 5 },
  decoder: { layers: 2, heads: 3, dHead: 4, dFeedForward: 7 },
  activation: 'relu',
  norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5 },
  positions: { kind: 'interleaved' },
  embeddingScale: Math.sqrt(6),
  sourceVocabulary: 9,
  targetVocabulary: 9,
  sharedEmbedding: true,
  tiedOutput: true,
  outputBias: false,
  linearBias: true,
  outputScale: 1,
  ids: { end: 1, start: null, padding: 0, unknown: null },
  maxLength: 50,
}

/** Weights that float16 and bfloat16 hold exactly, each parameter with values of its own. */
function fill(config: ModelConfig): Weights {
  const weights = new Weights(config)
  parameters(config).forEach(({ name }, k) => {
    weights.get(name).forEach((_, i, values) => {
      values[i] = ((i + 13 * k) % 127) / 64 - 1
    })
  })
  return weights
}

function written(config = small, more: object = {}): string {
  const folder = join(scratch, `model${Math.random()}`)
  writeGlassformerFolder(folder, { weights: fill(config), dtype: 'float16', ...more })
  return folder
}

function edited(change: object, folder = written()): string {
  const path = join(folder, 'config.json')
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }))
  return folder
}

const stack = fc.record({
  layers: fc.integer({ min: 1, max: 2 }),
  heads: fc.integer({ min: 1, max: 3 }),
  dHead: fc.integer({ min: 1, max: 4 }),
  dFeedForward: fc.integer({ min: 1, max: 5 }),
})
const vocabulary = fc.integer({ min: 3, max: 8 })
const anyConfig: fc.Arbitrary<ModelConfig> = fc
  .record({
    dModel: fc.constantFrom(2, 4, 6),
    encoder: stack,
    decoder: stack,
    activation: fc.constantFrom('relu', 'gelu', 'geluTanh', 'swish'),
    norm: fc.record({
      kind: fc.constantFrom('layerNorm', 'rmsNorm'),
      order: fc.constantFrom('post', 'postFinal', 'pre'),
      epsilon: fc.constantFrom(1e-5, 1e-6),
    }),
    positions: fc.constantFrom<ModelConfig['positions']>(
      { kind: 'interleaved' },
      { kind: 'halves' },
      { kind: 'timingSignal' },
      { kind: 'none' },
      { kind: 'learned', rows: 602, offset: 2 },
      { kind: 'relative', clip: 3 },
    ),
    embeddingScale: fc.constantFrom(1, Math.sqrt(6)),
    sourceVocabulary: vocabulary,
    targetVocabulary: vocabulary,
    sharedEmbedding: fc.boolean(),
    tiedOutput: fc.boolean(),
    outputBias: fc.boolean(),
    linearBias: fc.boolean(),
    outputScale: fc.constantFrom(1, 6 ** -0.5),
    ids: fc.record({
      end: fc.nat(2),
      start: fc.constantFrom(null, 0, 2),
      padding: fc.constantFrom(null, 1),
      unknown: fc.constantFrom(null, 2),
    }),
    maxLength: fc.integer({ min: 1, max: 600 }),
  })
  .map((config) =>
    config.sharedEmbedding ? { ...config, targetVocabulary: config.sourceVocabulary } : config,
  ) as fc.Arbitrary<ModelConfig>

describe('a Glassformer folder', () => {
  test('describes every kind of model: written settings are read again', () => {
    fc.assert(
      fc.property(anyConfig, fc.constantFrom('float32', 'float16', 'bfloat16'), (config, dtype) => {
        const weights = fill(config)
        const folder = join(scratch, 'any')
        const generation = { ...generationDefaults, beams: 3, maxTokens: 17, suppressSequences: [[1, 2]] }
        writeGlassformerFolder(folder, { weights, dtype, generation, sourceLocale: 'fr', splitTokens: 33 })
        const model = loadFolder(folder, { precision: 'float32' })
        expect(model.config).toEqual(config)
        expect(model.generation).toEqual(generation)
        expect(model).toMatchObject({
          name: 'any',
          sourceLocale: 'fr',
          splitTokens: 33,
          storedAs: dtype,
          tokenizer: { kind: 'none' },
        })
        for (const { name } of parameters(config)) expect(model.weights.get(name)).toEqual(weights.get(name))
      }),
      { numRuns: 60 },
    )
  })

  test("needs only keys without a default; the defaults are the paper's choices", () => {
    const folder = written({ ...small, encoder: { layers: 1, heads: 2, dHead: 3, dFeedForward: 5 }, maxLength: 512 })
    const minimal = {
      model_type: 'glassformer',
      dModel: 6,
      encoder: { layers: 1, heads: 2, dFeedForward: 5 },
      decoder: small.decoder,
      sourceVocabulary: 9,
      ids: { end: 1 },
      norm: null,
    }
    writeFileSync(join(folder, 'config.json'), JSON.stringify(minimal))
    const model = loadFolder(folder)
    expect(model.config).toEqual({
      ...small,
      maxLength: 512,
      ids: { end: 1, start: null, padding: null, unknown: null },
    })
    expect(model.generation).toEqual(generationDefaults)
    expect(model).toMatchObject({ splitTokens: 100, tokenizer: { kind: 'none' }, sourceLocale: undefined })
    const learned = readGlassformerConfig({ ...minimal, positions: { kind: 'learned', rows: 7 } }, 'config.json')
    expect(learned.model.positions).toEqual({ kind: 'learned', rows: 7, offset: 0 })
  })

  test.each([
    [{ kind: 'learned', rows: 7, offset: 2 }, 5],
    [{ kind: 'learned', rows: 514, offset: 2 }, 512],
    [{ kind: 'learned', rows: 2000 }, 512],
    [{ kind: 'halves' }, 512],
  ])('takes sentences of 512 tokens, or as long as positions %j go: %i', (positions, maxLength) => {
    const json = JSON.parse(readFileSync(join(written(), 'config.json'), 'utf8'))
    const read = (length: unknown) =>
      readGlassformerConfig({ ...json, positions, maxLength: length }, 'config.json').model.maxLength
    expect(read(null)).toBe(maxLength)
    expect(read(3)).toBe(3)
  })

  test('null is the default of every key of generation', () => {
    const folder = written()
    const path = join(folder, 'config.json')
    const generation = Object.fromEntries(Object.keys(generationDefaults).map((name) => [name, null]))
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), generation }))
    expect(loadFolder(folder).generation).toEqual(generationDefaults)
  })

  test('accepts vectors stored as one row', () => {
    const folder = written()
    const weights = fill(small)
    const tensors = parameters(small).map(({ name, rows, width }) => ({
      name,
      shape: [rows, width],
      dtype: 'F32' as const,
      values: weights.get(name),
    }))
    writeSafetensors(join(folder, 'model.safetensors'), tensors)
    expect(loadFolder(folder).weights.values).toEqual(weights.values)
  })

  test('carries its tokenizer files', () => {
    const bytes = Uint8Array.of(1, 2, 3)
    const kinds: TokenizerContents[] = [
      { kind: 'sentencepiece', source: bytes },
      { kind: 'sentencepiece', source: bytes, target: Uint8Array.of(4), extraPieces: ['<pad>'] },
      { kind: 'words', source: 'a\nb\n', target: 'c\nd\n' },
      { kind: 'marian', source: bytes, target: bytes, vocabulary: '{"a": 0}', configuration: { source_lang: 'fr' } },
    ]
    for (const tokenizer of kinds) {
      const folder = written(small, { tokenizer })
      const place = { where: folder, model: { ids: small.ids, sourceVocabulary: 9, targetVocabulary: 9 } }
      expect(structuredClone(loadFolder(folder).tokenizer)).toEqual({ ...tokenizer, ...place })
    }
    expect(loadFolder(written(small, { tokenizer: { kind: 'none' } })).tokenizer).toEqual({ kind: 'none' })
  })

  test('may be written over an older one', () => {
    const folder = written()
    writeGlassformerFolder(folder, { weights: fill({ ...small, dModel: 4 }), dtype: 'float32' })
    expect(loadFolder(folder)).toMatchObject({ storedAs: 'float32', config: { dModel: 4 } })
  })
})

describe('bad input in a Glassformer folder:', () => {
  test.each([
    [{ dmodel: 6 }, 'unknown key dmodel; known here: model_type, kind, dModel'],
    [{ encoder: { ...small.encoder, width: 3 } }, 'unknown key encoder.width'],
    [{ norm: { kind: 'layernorm' } }, 'norm.kind must be one of layerNorm, rmsNorm, not "layernorm"'],
    [{ positions: { kind: 'learned' } }, 'positions.rows is missing'],
    [{ positions: { kind: 'learned', rows: 7, offset: 7 } }, 'positions.offset must be below rows (7), not 7'],
    // A sentence that has no row for its last position would end the worker that translates it.
    [
      { positions: { kind: 'learned', rows: 51, offset: 2 } },
      'maxLength must be at most positions.rows - positions.offset (49), not 50',
    ],
    [{ positions: { kind: 'halves', rows: 3 } }, 'unknown key positions.rows'],
    [{ positions: { kind: 'relative' } }, 'positions.clip is missing'],
    [{ norm: { epsilon: 1e-60 } }, 'norm.epsilon must be positive, not 1e-60'], // 0 in float32
    [{ positions: { kind: 'relative', clip: 32768 } }, 'positions.clip must be an integer from 1 to 32767, not 32768'],
    [{ dModel: '6' }, 'dModel must be a positive integer, not "6"'],
    [{ encoder: [] }, 'encoder must be an object, not []'],
    [{ encoder: { layers: 1, heads: 4, dFeedForward: 5 } }, 'encoder.heads must be a divisor of dModel (6)'],
    [{ ids: {} }, 'ids.end is missing'],
    [{ ids: { end: 9 } }, 'ids.end is 9, outside the target vocabulary of 9'],
    [
      { sourceVocabulary: 3, targetVocabulary: 9, sharedEmbedding: false, ids: { end: 3 } },
      'ids.end must be below sourceVocabulary (3): it ends sources too, not 3',
    ],
    [{ generation: { beems: 2 } }, 'unknown key generation.beems; known here: beams, alternatives'],
    [{ generation: { beams: 0 } }, 'generation.beams must be an integer from 1 to 1024, not 0'],
    [{ generation: { suppress: [9] } }, 'id 9, outside'],
    [{ tokenizer: { kind: 'words' } }, 'tokenizer.source is missing'],
    [
      { tokenizer: { kind: 'words', source: '../words.txt' } },
      'tokenizer.source must be the name of a file in this folder',
    ],
    [
      { tokenizer: { kind: 'words', source: 'words.txt', joiner: 'a b' } },
      'tokenizer.joiner must be a text without white space, not "a b"',
    ],
    [{ tokenizer: { kind: 'words', source: '..' } }, 'tokenizer.source must be the name of a file in this folder'],
    [{ splitTokens: 0 }, 'splitTokens must be a positive integer'],
    [{ targetVocabulary: 8 }, 'equal vocabularies'],
    [{ outputBias: true }, 'missing: output.bias'],
    [{ norm: { order: 'pre' } }, 'missing: encoder.norm.weight'],
    [{ norm: { kind: 'rmsNorm' } }, 'not of this model: encoder.0.selfAttentionNorm.bias'],
    [{ sourceVocabulary: 8, targetVocabulary: 8 }, 'embedding.weight is [9, 6], not [8, 6]'],
  ])('config.json with %j', (change, message) =>
    expectError(() => loadFolder(edited(change)), 'ERR_MODEL_FORMAT', message),
  )

  test('generation settings that require a missing shortlist are an error with the remedy', () =>
    expectError(
      () => loadFolder(edited({ generation: { shortlist: true } })),
      'ERR_FILE',
      'shortlist.safetensors is missing, and generation.shortlist in config.json asks for it: copy it there',
    ))

  test('an invalid configuration', () => {
    const write = (config: unknown) =>
      writeGlassformerFolder(join(scratch, 'none'), { weights: new Weights(config as ModelConfig), dtype: 'float32' })
    expectError(() => write(undefined), 'ERR_MODEL_FORMAT', 'the configuration of the weights', 'must be an object')
    expectError(() => write({ ...small, norm: null }), 'ERR_MODEL_FORMAT', 'norm must be an object')
    const kinds = {
      activation: 'tanh',
      tiedOutput: 1,
      norm: { ...small.norm, order: 'both' },
      positions: { kind: 'x' },
    }
    for (const [key, value] of Object.entries(kinds))
      expectError(() => write({ ...small, [key]: value }), 'ERR_MODEL_FORMAT', `${key}`, 'must be')
    for (const value of [1e39, Number.NaN])
      expectError(() => write({ ...small, embeddingScale: value }), 'ERR_MODEL_FORMAT', 'a finite number of 32 bits')
    const layers = 1e6 // whose names would not fit into memory
    expectError(() => write({ ...small, encoder: { ...small.encoder, layers } }), 'ERR_MODEL_FORMAT', 'at most 10000')
  })

  test('a folder that no reader would accept is refused before anything is written', () => {
    for (const [code, more] of [
      ['ERR_OPTION', { generation: { beams: 0 } }],
      ['ERR_OPTION', { generation: { suppress: [9] } }],
      ['ERR_OPTION', { tokenizer: { kind: 'words', source: Uint8Array.of(97) } }],
      ['ERR_OPTION', { tokenizer: { kind: 'bytes' } }],
      ['ERR_OPTION', { splitTokens: 0 }],
      ['ERR_OPTION', { sourceLocale: 7 }],
      ['ERR_OPTION', { weights: {} }],
      ['ERR_OPTION', { weight: fill(small) }],
      ['ERR_OPTION', { config: small }],
      ['ERR_SHAPE', { weights: new Weights(small, 'int8') }],
      ['ERR_OPTION', { dtype: 'F32' }],
      ['ERR_OPTION', { dtype: 'int8' }],
    ] as const) {
      const folder = join(scratch, 'refused')
      expectError(
        () => writeGlassformerFolder(folder, { weights: fill(small), dtype: 'float32', ...more } as never),
        code,
      )
      expect(existsSync(folder)).toBe(false)
    }
  })

  test('tokenizer files that are missing or not UTF-8', () => {
    expectError(
      () => loadFolder(edited({ tokenizer: { kind: 'words', source: 'words.txt' } })),
      'ERR_FILE',
      'words.txt',
      'no such file',
    )
    expectError(() => loadFolder(edited({ tokenizer: { kind: 'marian' } })), 'ERR_FILE', 'source.spm', 'no such file')
    const folder = written(small, { tokenizer: { kind: 'words', source: 'a\n' } })
    writeFileSync(join(folder, 'source.txt'), Buffer.from([0x61, 0xff]))
    expectError(() => loadFolder(folder), 'ERR_TOKENIZER_FORMAT', 'source.txt', 'byte 1 is not UTF-8')
  })

  test('a path that cannot be written', () => {
    writeFileSync(join(scratch, 'file'), '')
    expectError(
      () => writeGlassformerFolder(join(scratch, 'file', 'x'), { weights: fill(small), dtype: 'float32' }),
      'ERR_FILE',
      'make the folder',
    )
  })
})
