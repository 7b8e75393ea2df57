import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { Encoding, Player } from '#dist/engine/backend/interface/backend.js'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import type { TokenPair } from '#dist/engine/decode/batch/ragged-batch.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import { bucketOf } from '#dist/engine/model/config/buckets.js'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import type { Weights } from '#dist/engine/weights/weights.js'
import { convertFolder } from '#dist/files/folders/convert.js'
import { writeHuggingFaceFolder } from '#dist/files/folders/huggingface-writer.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { TrainingStep } from '#dist/learn/train/step/training-step.js'
import { backends } from '../../backends.ts'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { lacks, runPython } from '../../learn/train/vocabulary/python.ts'
import { sharedFolder } from '../../shared-folder.ts'

/** Small random models that Hugging Face transformers has written, with the states and logits that it computes of them. */
const FAMILIES = ['bart', 'mbart', 'm2m100', 'pegasus', 'blenderbot', 't5', 't5-v1.1']
const scratch = scratchFolder()
const trained: { folder: string; pair: TokenPair }[] = []
const copied = fileURLToPath(new URL('../../golden/hub/', import.meta.url))

interface Expected {
  input_ids: number[][]
  lengths: number[]
  targets: number[][]
  target_log_probs: number[][]
  attention_sentence: number
}

const folderOf = (family: string) =>
  [`${copied}${family}`, `${sharedFolder}/golden/hub/${family}`].find((path) => existsSync(`${path}/model`))

function goldenOf(folder: string) {
  const expected: Expected = JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8'))
  const source = openSafetensors(`${folder}/expected.safetensors`)
  const tensors: Record<string, Float32Array> = {}
  for (const [name, { shape }] of source.tensors) {
    tensors[name] = new Float32Array(shape.reduce((a, b) => a * b))
    source.readFloats(name, tensors[name])
  }
  source.close()
  const pairs = expected.input_ids.map((ids, i) => ({
    source: ids.slice(0, expected.lengths[i]),
    target: expected.targets[i],
  }))
  return { ...expected, tensors, pairs }
}

/** The listing's names of the tensors that Hugging Face calls hidden states. */
function stateNames({ norm, encoder, decoder }: ModelConfig): Record<string, string> {
  const post = norm.order === 'post'
  const layer = (side: string, i: number) =>
    post ? `${side}.${i}.feedForwardNorm.normed` : `${side}.${i}.feedForward.outer.out`
  const sides = { encoder, decoder }
  return Object.fromEntries(
    Object.entries(sides).flatMap(([side, { layers }]) => [
      [`${side}.embedding`, norm.embedding ? `${side}.embeddingNorm.normed` : `${side}.embedded`],
      ...Array.from({ length: layers }, (_, i) => [`${side}.layer${i}`, layer(side, i)]),
      [`${side}.output`, post ? layer(side, layers - 1) : `${side}.norm.normed`],
    ]),
  )
}

/** [pairs, heads] → [heads, pairs]. */
const headsFirst = (weights: Float32Array, heads: number) =>
  Float32Array.from(weights, (_, i) => {
    const pairs = weights.length / heads
    return weights[(i % pairs) * heads + Math.floor(i / pairs)]
  })

const logitsOf = (decoder: ForcedDecoder, pairs: readonly TokenPair[]) => decoder.trace(pairs, ['output.out'])[0]

describe.each(FAMILIES)('%s', (family) => {
  const folder = folderOf(family)
  if (!folder) return it.skip(`${family}: the shared goldens are absent`)
  const { weights, config } = loadFolder(`${folder}/model`, { precision: 'float32' })
  const golden = goldenOf(folder)

  describe.each(backends)('$name', ({ make }) => {
    const player = make()
    afterAll(() => player.close())
    const decoder = new ForcedDecoder(player, weights)

    it('has the states, logits, attentions and scores of Hugging Face', () => {
      const names = Object.entries(stateNames(config)).filter(([name]) => golden.tensors[name])
      expect(names.length).toBeGreaterThan(config.encoder.layers + config.decoder.layers)
      const own = [...new Set(names.map(([, name]) => name))]
      const states = decoder.trace(golden.pairs, own)
      for (const [name, ours] of names) expectClose(states[own.indexOf(ours)], golden.tensors[name], 1e-4)
      expectClose(logitsOf(decoder, golden.pairs), golden.tensors.logits, 1e-4)
      decoder.score(golden.pairs).forEach((scores, i) => expectClose(scores, golden.target_log_probs[i], 1e-4))
      const kinds = {
        encoder_self: ['encoder', 'selfAttention'],
        decoder_self: ['decoder', 'selfAttention'],
        cross: ['decoder', 'crossAttention'],
      } as const
      const pair = golden.pairs[golden.attention_sentence]
      for (const [kind, [side, attention]] of Object.entries(kinds))
        for (let i = 0; i < config[side].layers; i++) {
          const [found] = decoder.trace([pair], [`${side}.${i}.${attention}.weights`])
          expectClose(headsFirst(found, config[side].heads), golden.tensors[`${kind}.layer${i}`], 1e-4)
        }
    })

    it.each([
      ['bfloat16', 0.03],
      ['int8', 0.08],
    ] as const satisfies [Encoding, number][])('has about these logits in %s', (precision, tolerance) => {
      const encoded = loadFolder(`${folder}/model`, { precision, panels: true })
      const logits = logitsOf(new ForcedDecoder(player, encoded.weights), golden.pairs)
      expectClose(logits, golden.tensors.logits, tolerance)
    })
  })

  it('is stored in int8, and then has about these logits', () => {
    const to = join(scratch, `${family} in int8`)
    convertFolder(`${folder}/model`, to, 'int8')
    const player = new JsPlayer()
    const stored = loadFolder(to)
    expect(stored).toMatchObject({ config, storedAs: 'int8' })
    expectClose(logitsOf(new ForcedDecoder(player, stored.weights), golden.pairs), golden.tensors.logits, 0.08)
    player.close()
  })

  it('is trained from its own folder, and read again with its new weights', () => {
    const player = new JsPlayer()
    const { weights: learning, generation, unsupported } = loadFolder(`${folder}/model`, { precision: 'float32' })
    const losses = train(player, learning, golden.pairs.slice(0, 4), 50)
    expect(losses.at(-1)).toBeLessThan(losses[0] / 2)
    const to = join(scratch, family)
    const tokenizer = { kind: 'none' } as const
    writeHuggingFaceFolder(to, { weights: learning, dtype: 'float32', tokenizer, generation, unsupported })
    trained.push({ folder: to, pair: golden.pairs[4] })
    const again = loadFolder(to)
    expect(again.config).toEqual(config)
    expect(again.unsupported).toEqual(unsupported)
    const logits = (of: Weights) => logitsOf(new ForcedDecoder(player, of), golden.pairs)
    expect(logits(again.weights)).toEqual(logits(learning))
    expect(weightNames(to)).toEqual(weightNames(`${folder}/model`))
    player.close()
  })
})

/** The losses of some steps with the same pairs. */
function train(player: Player, weights: Weights, pairs: readonly TokenPair[], steps: number): number[] {
  const step = new TrainingStep(player, weights, {
    loss: { smoothing: 0, over: 'all' },
    dropout: { residual: 0, attention: 0, activation: 0 },
    optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.98, epsilon: 1e-9, decay: 0 },
    clip: 1,
    seed: 1,
  })
  const tokens = pairs.reduce((sum, { target }) => sum + target.length, 0)
  return Array.from({ length: steps }, (_, i) => {
    const loss = step.accumulate(pairs, i + 1, tokens)
    step.update(i + 1, 0.01, step.norm())
    return loss
  })
}

/** The tensors of a folder without Pegasus's sinusoids, which can be computed. */
function weightNames(folder: string): string[] {
  const source = openSafetensors(join(folder, 'model.safetensors'))
  source.close()
  const isWeight = (name: string) => !(/embed_positions/.test(name) && /pegasus/.test(folder))
  return [...source.tensors.keys()].filter(isWeight).sort()
}

describe('Marian', () => {
  it('is trained from its own folder, and read again with its new weights', () => {
    const player = new JsPlayer()
    const { weights, generation, config } = loadFolder(`${copied}marian-f16/model`, { precision: 'float32' })
    const pairs = [3, 4, 5].map((n) => ({ source: [n, 2 * n, 3 * n, 0], target: [n + 20, 50 - n, 0] }))
    const losses = train(player, weights, pairs, 50)
    expect(losses.at(-1)).toBeLessThan(losses[0] / 2)
    const to = join(scratch, 'marian')
    writeHuggingFaceFolder(to, { weights, dtype: 'float32', tokenizer: { kind: 'none' }, generation })
    trained.push({ folder: to, pair: pairs[1] })
    const again = loadFolder(to)
    expect(again.config).toEqual(config)
    expect(again.weights.values).toEqual(weights.values)
    player.close()
  })
})

describe('T5', () => {
  const folder = folderOf('t5')!
  const gated = folderOf('t5-v1.1')!

  it('has the buckets of Hugging Face for every distance', () => {
    const { relative_position_buckets: golden } = JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8'))
    for (const key of ['bidirectional', 'causal'] as const) {
      const found = golden[key].map((_: number, i: number) =>
        bucketOf(golden.from + i, 32, 128, key === 'bidirectional'),
      )
      expect(found).toEqual(golden[key])
    }
  })

  it('reads the config.json of FLAN folders', () => {
    const to = join(scratch, 'flan')
    cpSync(`${gated}/model`, to, { recursive: true })
    cpSync(`${gated}/config.hub-style.json`, join(to, 'config.json'))
    expect(loadFolder(to).config).toEqual(loadFolder(`${gated}/model`).config)
  })

  it.each([
    ['scaled where it is tied, and config.json is of old', { scale_decoder_outputs: undefined }, 32 ** -0.5],
    ['not scaled where config.json says so', { scale_decoder_outputs: false }, 1],
    ['never scaled in mT5', { model_type: 'mt5', scale_decoder_outputs: undefined }, 1],
  ])('has an output that is %s', (name, change, outputScale) => {
    const to = join(scratch, name)
    cpSync(`${folder}/model`, to, { recursive: true })
    const json = JSON.parse(readFileSync(join(to, 'config.json'), 'utf8'))
    writeFileSync(join(to, 'config.json'), JSON.stringify({ ...json, feed_forward_proj: 'relu', ...change }))
    expect(loadFolder(to).config).toMatchObject({ outputScale, tiedOutput: true })
  })
})

const reason = lacks('transformers')

describe.skipIf(reason !== null)(`Hugging Face's transformers${reason ? ` (skipped: ${reason})` : ''}`, () => {
  it('loads trained folders of each family, all of them and nothing else, and computes the same logits', () => {
    const answers = runPython(
      '../../../files/folders/huggingface_logits.py',
      trained.map(({ folder, pair }) => ({ folder, ...pair })),
    )
    const player = new JsPlayer()
    trained.forEach(({ folder, pair }, k) => {
      const { logits, missing, unexpected } = answers[k]
      expect({ missing, unexpected }, folder).toEqual({ missing: [], unexpected: [] })
      expectClose(logitsOf(new ForcedDecoder(player, loadFolder(folder).weights), [pair]), logits, 1e-5)
    })
    player.close()
  })
})
