import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { listFor } from '#dist/engine/decode/batch/shortlist.js'
import { convertFolder } from '#dist/files/folders/convert.js'
import { exportFolder } from '#dist/files/folders/export.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { writingOwnLayout } from '#dist/files/folders/rewrite-folder.js'
import type { TranslateOptions } from '#dist/use/translate/options/options.js'
import { Translator } from '#dist/use/translate/translator.js'
import { expectError, scratchFolder } from '../../../formats/raw-safetensors.ts'
import { type Item, spm } from './marian-files.ts'
import { marianFolder, optionsOf, quantizedOf, targets, VOCABULARY, weightsOf } from './small-model.ts'

const scratch = scratchFolder()
let folders = 0
const folder = () => join(scratch, `${folders++}`)
const items = weightsOf()

/** The values of a matrix that Marian multiplies from the right, [inputs, outputs], as rows of outputs. */
const turned = ({ shape: [rows, columns], values }: Item) =>
  Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)])

const texts = ['a b c', 'c defg', 'b']
async function translations(path: string, options: TranslateOptions = {}): Promise<string[]> {
  await using translator = await Translator.load(path, { workers: 1, threads: 1 })
  return translator.translateSync(texts, options).map(({ text }) => text)
}

describe('weights in float32', () => {
  it.each(['bin', 'npz', 'fortran'] as const)('of a file %s are where the model multiplies with them', (form) => {
    const { weights, config, storedAs } = loadFolder(marianFolder(folder(), { form }))
    expect(storedAs).toBe('float32')
    expect(config.decoderSelfAttention).toEqual({ kind: 'ssru', projection: false })
    const expected: Record<string, Float32Array> = {
      'embedding.weight': items.Wemb.values,
      'output.bias': items.decoder_ff_logit_out_b.values,
      'encoder.1.selfAttention.query.weight': turned(items.encoder_l2_self_Wq),
      'encoder.0.selfAttention.output.bias': items.encoder_l1_self_bo.values,
      'encoder.0.selfAttentionNorm.weight': items.encoder_l1_self_Wo_ln_scale.values,
      'encoder.1.feedForward.inner.weight': turned(items.encoder_l2_ffn_W1),
      'encoder.1.feedForwardNorm.bias': items.encoder_l2_ffn_ffn_ln_bias.values,
      'decoder.0.ssru.candidate.weight': turned(items.decoder_l1_rnn_W),
      'decoder.0.ssru.forget.weight': turned(items.decoder_l1_rnn_Wf),
      'decoder.0.ssru.forget.bias': items.decoder_l1_rnn_bf.values,
      'decoder.0.ssruNorm.weight': items.decoder_l1_rnn_ffn_ln_scale.values,
      'decoder.0.crossAttention.key.weight': turned(items.decoder_l1_context_Wk),
      'decoder.0.feedForward.outer.weight': turned(items.decoder_l1_ffn_W2),
    }
    for (const [name, values] of Object.entries(expected)) expect(weights.get(name), name).toEqual(values)
  })
})

describe('weights in integers', () => {
  const types = [
    ['intgemm8 of browsermt', { type: 0x4101 }],
    ['intgemm8', { type: 0x10001 }],
    ['intgemm8ssse3', { type: 0x18001, lane: 16 }],
    ['intgemm8avx2', { type: 0x11001, lane: 32 }],
    ['intgemm8avx512', { type: 0x12001, lane: 64 }],
    ['intgemm8avx512vnni', { type: 0x13001, lane: 64 }],
    ['intgemm16', { type: 0x10002, bits: 16 }],
    ['intgemm16avx2', { type: 0x11002, lane: 16, bits: 16 }],
  ] as const
  it.each(types)('%s: what they stand for is at most half a step away', (_, type) => {
    const quantized = quantizedOf(items, { ...type, alphas: false })
    const { weights, storedAs } = loadFolder(marianFolder(folder(), { items: quantized }), { precision: 'float32' })
    const bits = 'bits' in type ? type.bits : 8
    if (bits === 8) expect(storedAs).toBe('int8')
    for (const [ours, name] of [
      ['encoder.0.feedForward.outer.weight', 'encoder_l1_ffn_W2'],
      ['decoder.0.ssru.forget.weight', 'decoder_l1_rnn_Wf'],
    ]) {
      const step = 1 / quantized[name].as!.scale
      const values = turned(items[name])
      const most = weights.get(ours).reduce((far, value, i) => Math.max(far, Math.abs(value - values[i])), 0)
      // Some values of 16 bits are beyond 127 steps, and are stored so in the files of this test.
      expect(most).toBeLessThan(bits === 8 ? 0.5001 * step : 0.5)
      expect(most).toBeGreaterThan(0)
    }
  })

  it('have the multipliers of their inputs, where all parts of a product have the same', () => {
    const quantized = quantizedOf(items, { type: 0x4101 })
    quantized.decoder_l1_rnn_Wf_QuantMultA.values[0] = 21
    const { weights } = loadFolder(marianFolder(folder(), { items: quantized }))
    expect(weights.encoding).toBe('int8')
    const multiplierOf = (name: string) => {
      const { offset, rows, width } = weights.place(name)
      const lanes = Math.ceil(rows / 16) * 16
      return weights.values[offset + (lanes * Math.ceil(width / 64) * 64) / 4 + 2 * lanes]
    }
    expect(multiplierOf('encoder.0.selfAttention.queryKeyValue.weight')).toBe(20)
    expect(multiplierOf('encoder.0.feedForward.outer.weight')).toBe(40)
    expect(multiplierOf('decoder.0.ssru.candidateForget.weight')).toBe(0)
  })

  it('of FBGEMM are for one machine, and refused', () => {
    const packed = {
      ...items,
      decoder_l1_rnn_W: { ...items.decoder_l1_rnn_W, as: { type: 0x1801, bits: 8, scale: 100 } },
    }
    expectError(
      () => loadFolder(marianFolder(folder(), { items: packed as Record<string, Item> })),
      'ERR_UNSUPPORTED',
      'decoder_l1_rnn_W',
      'packed8avx2',
      'offset ',
    )
  })
})

test('a folder is known by its files, with settings or without', async () => {
  const quantized = quantizedOf(items, { type: 0x4101 })
  const path = marianFolder(folder(), { items: quantized })
  const { generation, tokenizer, shortlist, sourceLocale, trainedOn } = loadFolder(path)
  expect(generation).toMatchObject({ beams: 1, lengthPenalty: 1, maxLengthFactor: 2, wordPenalty: 0, shortlist: true })
  expect(generation.suppress).toEqual([1])
  expect(tokenizer.kind).toBe('sentencepiece')
  expect([sourceLocale, trainedOn]).toEqual([undefined, 'sentences'])
  const list = new Set([0, 1, 2, ...targets[4], ...targets[9]])
  for (let id = 3; list.size % 8; id++) list.add(id)
  expect([...listFor(shortlist!, [4, 9], 0)]).toEqual([...list].sort((a, b) => a - b))
  const expected = await translations(path)
  expect(new Set(expected).size).toBeGreaterThan(1)
  const bare = marianFolder(folder(), { items: quantized, settings: null })
  expect(loadFolder(bare).generation.maxLengthFactor).toBe(3)
  expect(await translations(bare, { maxLengthFactor: 2 })).toEqual(expected)
})

test('settings are those of marian-decoder', () => {
  const settings =
    'models: [/gone/model.bin]\nvocabs: [vocab.spm, vocab.spm]\nbeam-size: 6\nnormalize: true\nword-penalty: 0.5\nallow-unk: true\n'
  const { generation, shortlist } = loadFolder(marianFolder(folder(), { settings }))
  expect(generation).toMatchObject({ beams: 6, lengthPenalty: 1, wordPenalty: 0.5, maxLengthFactor: 3, suppress: [] })
  expect(shortlist).toBeNull()
})

test('skip-cost counts with several beams of the folder, and options of a call replace it', async () => {
  const settings = (beams: number, more: string) =>
    `models: [model.bin]\nvocabs: [vocab.spm, vocab.spm]\nbeam-size: ${beams}\nnormalize: 1\n${more}`
  const with_ = (beams: number, more = 'skip-cost: true\n') =>
    marianFolder(folder(), { settings: settings(beams, more) })
  const greedy = with_(1)
  expect(loadFolder(greedy).unsupported).toEqual([{ name: 'skip-cost', value: true, file: 'config.yml' }])
  expect(await translations(greedy)).toEqual(await translations(with_(1, '')))
  const beams = with_(3)
  const own = folder()
  for (const _ of writingOwnLayout(beams, own));
  for (const path of [beams, own]) {
    const refused = expect(translations(path)).rejects
    await refused.toMatchObject({
      code: 'ERR_UNSUPPORTED',
      message: expect.stringMatching(/config\.yml: skip-cost = true .*say option 'beams'/),
    })
    expect(await translations(path, { beams: 3 })).toEqual(await translations(with_(3, 'skip-cost: false\n')))
  }
  expectError(() => loadFolder(with_(1, 'skip-cost: 1\n')), 'ERR_MODEL_FORMAT', 'skip-cost')
})

test('our own layout keeps integers, multipliers and translations; Hugging Face has no such model', async () => {
  const path = marianFolder(folder(), { items: quantizedOf(items, { type: 0x4101 }) })
  const [own, smaller] = [folder(), folder()]
  for (const _ of writingOwnLayout(path, own));
  const [before, after] = [loadFolder(path), loadFolder(own)]
  expect(Buffer.from(after.weights.values.buffer).equals(Buffer.from(before.weights.values.buffer))).toBe(true)
  expect(after.generation).toEqual(before.generation)
  expect(await translations(own)).toEqual(await translations(path))
  convertFolder(own, smaller, 'int8')
  expect(loadFolder(smaller).weights.place('embedding.weight')).toEqual(before.weights.place('embedding.weight'))
  convertFolder(path, smaller, 'bfloat16')
  expect(loadFolder(smaller).storedAs).toBe('bfloat16')
  expectError(
    () => exportFolder(path, folder()),
    'ERR_UNSUPPORTED',
    'none of its architectures is this model: its decoder has an SSRU in place of self-attention',
  )
})

describe('options of models', () => {
  const withOptions = (changes: Record<string, string | number | boolean>) => () =>
    loadFolder(marianFolder(folder(), { options: optionsOf(changes) }))
  it.each([
    [{ type: 's2s' }, 'ERR_UNSUPPORTED', 'type'],
    [{ 'dec-cell': 'gru' }, 'ERR_UNSUPPORTED', 'dec-cell "gru" is not supported; these are: ssru'],
    [{ 'transformer-decoder-autoreg': 'self-atention' }, 'ERR_UNSUPPORTED', 'self-attention'],
    [{ 'transformer-ffn-activation': 'gelu' }, 'ERR_UNSUPPORTED', 'transformer-ffn-activation'],
    [{ 'transformer-postprocess': 'dhn' }, 'ERR_UNSUPPORTED', 'transformer-postprocess "dhn"'],
    [{ 'transformer-heads': 3 }, 'ERR_MODEL_FORMAT', 'a divisor of dim-emb'],
    [{ 'dim-vocabs': '[24]' }, 'ERR_MODEL_FORMAT', 'dim-vocabs'],
    [{ 'dec-depth': 2 }, 'ERR_MODEL_FORMAT', 'missing: '],
    [{ 'dim-emb': 128 }, 'ERR_MODEL_FORMAT', 'of another shape'],
    [{ 'transformer-guided-alignment-layer': 3 }, 'ERR_MODEL_FORMAT', 'transformer-guided-alignment-layer'],
  ])('%o', (changes, code, part) => expectError(withOptions(changes as Record<string, string>), code, part))

  it('orders of norms', () => {
    const before: Record<string, Item> = {}
    for (const [name, item] of Object.entries(items))
      before[name.replace('decoder_l1_rnn_ffn_ln', 'decoder_l1_rnn_ln').replace(/(_ln_(scale|bias))$/, '$1_pre')] = item
    for (const side of ['encoder', 'decoder'])
      for (const part of ['scale', 'bias']) before[`${side}_top_ln_${part}`] = items[`decoder_l1_context_Wo_ln_${part}`]
    const options = optionsOf({
      'transformer-preprocess': 'n',
      'transformer-postprocess': 'da',
      'transformer-postprocess-top': 'n',
    })
    const { config, weights } = loadFolder(marianFolder(folder(), { items: before, options }))
    expect(config.norm.order).toBe('pre')
    expect(weights.get('decoder.0.ssruNorm.weight')).toEqual(items.decoder_l1_rnn_ffn_ln_scale.values)
  })
})

test('files that are missing, or of which several could be meant', () => {
  const path = marianFolder(folder())
  rmSync(join(path, 'lex.bin'))
  expectError(() => loadFolder(path), 'ERR_FILE', 'lex.bin', 'config.yml')
  const two = marianFolder(folder(), { settings: null })
  writeFileSync(join(two, 'other.bin'), readFileSync(join(two, 'model.bin')))
  expectError(() => loadFolder(two), 'ERR_MODEL_FORMAT', 'model.bin, other.bin')
  rmSync(join(two, 'other.bin'))
  rmSync(join(two, 'vocab.spm'))
  expectError(() => loadFolder(two), 'ERR_FILE', 'has no vocabulary')
})

test('a vocabulary of another size, and a matrix of another shape, are refused at their place', () => {
  const path = marianFolder(folder())
  writeFileSync(join(path, 'vocab.spm'), spm(['▁a', '▁b', ...'abcdefghij']))
  expectError(() => loadFolder(path), 'ERR_TOKENIZER_FORMAT', 'vocab.spm has 14 pieces, and model.bin 24 ids')
  for (const form of ['bin', 'npz'] as const) {
    const { shape, values } = items.decoder_l1_ffn_W1
    const other = {
      ...items,
      decoder_l1_ffn_W1: { shape: [shape[0], shape[1] / 2], values: values.slice(values.length / 2) },
    }
    expectError(
      () => loadFolder(marianFolder(folder(), { form, items: other })),
      'ERR_MODEL_FORMAT',
      'the weights are not those that special:model.yml describes',
      'decoder_l1_ffn_W1 is [64, 64], not [128, 64] (offset ',
    )
  }
})

test('compressed files are named', () => {
  const path = marianFolder(folder(), { settings: null })
  for (const [name, ending, command] of [
    ['lex.bin', 'gz', 'gunzip'],
    ['vocab.spm', 'zst', 'unzstd'],
    ['model.bin', 'gz', 'gunzip'],
  ]) {
    renameSync(join(path, name), join(path, `${name}.${ending}`))
    expectError(() => loadFolder(path), 'ERR_FILE', `${name}.${ending} is packed`, command)
    if (name !== 'model.bin') renameSync(join(path, `${name}.${ending}`), join(path, name))
  }
})

test('a vocabulary in YAML is a list of words', () => {
  const path = marianFolder(folder(), { settings: null, withShortlist: false })
  rmSync(join(path, 'vocab.spm'))
  const words = ['</s>', '<unk>', ...Array.from({ length: VOCABULARY - 2 }, (_, i) => (i < 3 ? 'abc'[i] : `w"${i}@@`))]
  writeFileSync(join(path, 'vocab.yml'), words.map((word, id) => `${JSON.stringify(word)}: ${id}\n`).join(''))
  expect(loadFolder(path).tokenizer).toMatchObject({ kind: 'words', joiner: '@@' })
  writeFileSync(join(path, 'vocab.yml'), '"</s>": 0\n"<unk>": 2\n')
  expectError(() => loadFolder(path), 'ERR_TOKENIZER_FORMAT', '<unk>')
})

test('the first head of the layer that Marian names aligns the tokens', async () => {
  await using translator = await Translator.load(marianFolder(folder()), { workers: 1, threads: 1 })
  const { alignment, attention } = translator.translateSync('a b c', { alignment: true, attention: true, maxTokens: 4 })
  const [{ source, target, weights }] = alignment!
  expect(source).toEqual(['▁a', '▁b', '▁c', '</s>'])
  expect(weights).toEqual(attention![0].layers[0].values.slice(0, source.length * target.length))
  expect(weights.subarray(0, 4).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5)
})
