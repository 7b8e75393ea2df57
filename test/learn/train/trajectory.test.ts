import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Player, TensorArray } from '#dist/engine/backend/interface/backend.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { PositionTable } from '#dist/engine/model/position-table.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { adamProgram, gradientProgram, normProgram } from '#dist/learn/train/step/programs.js'
import { backends, bfloat16Backends } from '../../backends.ts'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { sharedFolder } from '../../shared-folder.ts'

interface Trajectory {
  config: {
    d_model: number
    heads: number
    ffn: number
    vocab: number
    eos: number
    pad: number
    encoder_layers: number
    decoder_layers: number
  }
  steps: { source: number[][]; target: number[][]; loss: number; learning_rate: number; gradient_norm: number }[]
}

/** The state after a step. */
interface Trained {
  weights: Weights
  gradients: Float32Array
}

const NAMES: [RegExp, string][] = [
  [/^shared\.weight$/, 'embedding.weight'],
  [/^final_logits_bias$/, 'output.bias'],
  [/\.layers\./, '.'],
  [/encoder_attn_layer_norm/, 'crossAttentionNorm'],
  [/self_attn_layer_norm/, 'selfAttentionNorm'],
  [/final_layer_norm/, 'feedForwardNorm'],
  [/layer_norm/, 'norm'],
  [/encoder_attn/, 'crossAttention'],
  [/self_attn/, 'selfAttention'],
  [/fc1/, 'feedForward.inner'],
  [/fc2/, 'feedForward.outer'],
  [/q_proj/, 'query'],
  [/k_proj/, 'key'],
  [/v_proj/, 'value'],
  [/out_proj/, 'output'],
]
const ourName = (name: string) => NAMES.reduce((renamed, [from, to]) => renamed.replace(from, to), name)

/**
 * A key bias adds the same to every score of a query, which softmax ignores: its gradient is 0 except for rounding, in
 * PyTorch about 1e-9, and Adam moves it randomly.
 */
const isIdle = (name: string) => name.endsWith('key.bias')

/** Sentences without their padding, laid end to end. */
function layOut(sentences: number[][], pad: number) {
  const lists = sentences.map((ids) => ids.filter((id) => id !== pad))
  const spans: number[] = []
  let end = 0
  for (const { length } of lists) {
    spans.push(end, end + length)
    end += length
  }
  return {
    lists,
    spans: Int32Array.from(spans),
    tokens: Int32Array.from(lists.flat()),
    positions: Int32Array.from(lists.flatMap((list) => list.map((_, i) => i))),
  }
}

/** The rows of [sentences, longest, width] that are not padding, end to end. */
function withoutPadding(values: Float32Array, sentences: number[][], longest: number): number[] {
  const width = values.length / sentences.length / longest
  return sentences.flatMap(({ length }, b) =>
    Array.from(values.subarray(b * longest * width, (b * longest + length) * width)),
  )
}

describe.skipIf(!sharedFolder).each(['post', 'pre'] as const)(
  'the trajectory of PyTorch, %s-norm (skipped where ../shared is absent)',
  (order) => {
    if (!sharedFolder) return
    const folder = `${sharedFolder}/golden/training/${order}-norm`
    const { config: shape, steps }: Trajectory = JSON.parse(readFileSync(`${folder}/trajectory.json`, 'utf8'))
    const stack = (layers: number) => ({
      layers,
      heads: shape.heads,
      dHead: shape.d_model / shape.heads,
      dFeedForward: shape.ffn,
    })
    const config: ModelConfig = {
      dModel: shape.d_model,
      encoder: stack(shape.encoder_layers),
      decoder: stack(shape.decoder_layers),
      activation: 'relu',
      norm: { kind: 'layerNorm', order, epsilon: 1e-5 },
      positions: { kind: 'halves' },
      embeddingScale: Math.sqrt(shape.d_model),
      sourceVocabulary: shape.vocab,
      targetVocabulary: shape.vocab,
      sharedEmbedding: true,
      tiedOutput: true,
      outputBias: true,
      linearBias: true,
      outputScale: 1,
      ids: { end: shape.eos, start: shape.pad, padding: shape.pad, unknown: null },
      maxLength: 64,
    }

    /** Every weight of a golden file, by our name. */
    function golden(file: string): Map<string, Float32Array> {
      const tensors = openSafetensors(`${folder}/${file}.safetensors`)
      const values = new Map<string, Float32Array>()
      for (const [name, { shape: dimensions }] of tensors.tensors) {
        const array = new Float32Array(dimensions.reduce((a, b) => a * b, 1))
        tensors.readFloats(name, array)
        values.set(ourName(name), array)
      }
      tensors.close()
      return values
    }

    /** Takes all steps; `look` is called after each of them, with the mean loss. */
    function train(
      player: Player,
      look: (seen: { step: number; loss: number; norm: number } & Trained) => void,
    ): Weights {
      const weights = new Weights(config)
      for (const [name, values] of golden('init')) weights.get(name).set(values)
      const size = weights.values.length
      const program = new LoadedProgram(
        player,
        gradientProgram(weights, { smoothing: 0.1, over: 'all' }, { residual: 0, attention: 0, activation: 0 }),
      )
      const norm = new LoadedProgram(player, normProgram(size))
      const update = new LoadedProgram(player, adamProgram(size))
      const gradients = new Float32Array(size)
      const moments = { firstMoments: new Float32Array(size), secondMoments: new Float32Array(size) }

      steps.forEach(({ source, target, learning_rate }, step) => {
        const s = layOut(source, shape.pad)
        const t = layOut(target, shape.pad)
        const T = t.tokens.length
        const losses = new Float32Array(T)
        const shifted = Int32Array.from(t.lists.flatMap((list) => [shape.pad, ...list.slice(0, -1)]))
        const arrays: Record<string, TensorArray> = {
          seed: new Int32Array(1),
          'source.tokens': s.tokens,
          'source.positions': s.positions,
          sources: s.spans,
          'target.tokens': shifted,
          'target.positions': t.positions,
          targets: t.spans,
          'target.ids': t.tokens,
          'loss.scale': Float32Array.of(1 / T),
          ...PositionTable.of(config).atLeast(64).arrays,
          gradients,
          losses,
        }
        program.play({ S: s.tokens.length, T, B: source.length, N: 64 }, arrays)
        const sums = new Float32Array(Math.ceil(size / 16384))
        norm.play({}, { gradients, sums })
        const [loss, length] = [losses.reduce((a, b) => a + b, 0) / T, Math.sqrt(sums.reduce((a, b) => a + b, 0))]
        look({ step, loss, norm: length, weights, gradients })
        const rates = Float32Array.of(
          learning_rate,
          0.9,
          0.98,
          1e-9,
          0,
          1,
          1 - 0.9 ** (step + 1),
          1 - 0.98 ** (step + 1),
        )
        update.play({}, { gradients, rates, parameters: weights.values, ...moments })
      })
      return weights
    }

    it.each(backends)('begins with the same activations on $name', ({ make }) => {
      const player = make()
      const weights = new Weights(config)
      for (const [name, values] of golden('init')) weights.get(name).set(values)
      const [{ source, target }] = steps
      const sources = layOut(source, shape.pad).lists
      const targets = layOut(target, shape.pad).lists
      const memory =
        order === 'pre' ? 'encoder.norm.normed' : `encoder.${shape.encoder_layers - 1}.feedForwardNorm.normed`
      const pairs = sources.map((ids, i) => ({ source: ids, target: targets[i] }))
      const [states, logits] = new ForcedDecoder(player, weights).trace(pairs, [memory, 'output.out'])
      const activations = golden('activations')
      expectClose(states, withoutPadding(activations.get('memory')!, sources, source[0].length), 1e-5)
      expectClose(logits, withoutPadding(activations.get('logits')!, targets, target[0].length), 1e-5)
      player.close()
    })

    it.each(backends)('is reproduced by $name', ({ make }) => {
      const player = make()
      const trained = train(player, ({ step, loss, norm, weights, gradients }) => {
        expect(Math.abs(loss - steps[step].loss)).toBeLessThan(1e-4)
        expect(Math.abs(norm / steps[step].gradient_norm - 1)).toBeLessThan(1e-3)
        if (step > 0) return
        for (const [name, expected] of golden('gradients')) {
          const { offset, rows, width } = weights.place(name)
          if (!isIdle(name)) expectClose(gradients.subarray(offset, offset + rows * width), expected, 1e-5)
        }
      })
      for (const [name, expected] of golden('final')) if (!isIdle(name)) expectClose(trained.get(name), expected, 1e-3)
      player.close()
    })

    it.each(bfloat16Backends)('is followed by $name, its losses within 2 %', ({ make }) => {
      const player = make()
      train(player, ({ step, loss }) => expect(Math.abs(loss / steps[step].loss - 1)).toBeLessThan(0.02))
      player.close()
    })
  },
)
