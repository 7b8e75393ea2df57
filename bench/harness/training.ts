import type { Player } from '#dist/engine/backend/interface/backend.js'
import { SUM_BLOCK } from '#dist/engine/backend/interface/round.js'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { PositionTable } from '#dist/engine/model/position-table.js'
import type { Instruction } from '#dist/engine/program/instructions/instruction.js'
import { flopsOf } from '#dist/engine/program/listing.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { initialize } from '#dist/learn/train/settings/initialize.js'
import { adamProgram, gradientProgram, normProgram } from '#dist/learn/train/step/programs.js'
import { randomNumbers } from './random.ts'
import { countUp, equalSpans } from './spans.ts'

/** A model and a batch, which peers/pytorch_training.py builds too. */
export interface TrainingShape {
  name: string
  layers: number
  width: number
  heads: number
  hidden: number
  vocabulary: number
  batch: number
  length: number
  /** The first value of biases before relu; default: 0. */
  reluBias?: number
}

export const trainingShapes: readonly TrainingShape[] = [
  { name: '3+3 d256', layers: 3, width: 256, heads: 4, hidden: 1024, vocabulary: 8000, batch: 128, length: 16 },
  { name: '4+4 d128', layers: 4, width: 128, heads: 4, hidden: 256, vocabulary: 10000, batch: 256, length: 16 },
  { name: '6+6 d512', layers: 6, width: 512, heads: 8, hidden: 2048, vocabulary: 16000, batch: 64, length: 24 },
]

/**
 * A shape as if it had been trained for a while: 1 in 25 of relu's outputs is not 0 (in the embedded model 1 in 80 in
 * the encoder and 1 in 17 in the decoder). Inputs of relu have the variance that Xavier's initialization yields for
 * inputs of variance 1.
 */
export function asTrained(shape: TrainingShape): TrainingShape {
  return { ...shape, reluBias: -1.75 * Math.sqrt((2 * shape.width) / (shape.width + shape.hidden)) }
}

const DROPOUT = 0.1

function configOf({ layers, width, heads, hidden, vocabulary }: Omit<TrainingShape, 'name'>): ModelConfig {
  const stack = { layers, heads, dHead: width / heads, dFeedForward: hidden }
  return {
    dModel: width,
    encoder: stack,
    decoder: stack,
    activation: 'relu',
    norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5 },
    positions: { kind: 'halves' },
    embeddingScale: Math.sqrt(width),
    sourceVocabulary: vocabulary,
    targetVocabulary: vocabulary,
    sharedEmbedding: true,
    tiedOutput: true,
    outputBias: false,
    linearBias: true,
    outputScale: 1,
    ids: { end: 0, start: 1, padding: 1, unknown: 2 },
    maxLength: 512,
  }
}

/** Training on one batch of random tokens: forward, backward, norm of the gradients, Adam. */
export class TrainingWork {
  readonly tokens: number
  /** FLOPs of the forward and backward pass, by the op table's costs. */
  readonly flops: number
  readonly #rows: Record<string, number>
  readonly #gradients: LoadedProgram
  readonly #norm: LoadedProgram
  readonly #adam: LoadedProgram
  readonly #arrays
  #step = 0

  constructor(player: Player, shape: Omit<TrainingShape, 'name'>) {
    const config = configOf(shape)
    const weights = new Weights(config)
    initialize(weights, 1)
    for (const { name } of weights.parameters)
      if (name.endsWith('.feedForward.inner.bias')) weights.get(name).fill(shape.reluBias ?? 0)
    const size = weights.values.length
    const rates = { residual: DROPOUT, attention: DROPOUT, activation: DROPOUT }
    this.#gradients = new LoadedProgram(player, gradientProgram(weights, { smoothing: 0.1, over: 'all' }, rates))
    this.#norm = new LoadedProgram(player, normProgram(size))
    this.#adam = new LoadedProgram(player, adamProgram(size))
    this.tokens = shape.batch * shape.length
    const random = randomNumbers(1)
    const ids = () => Int32Array.from({ length: this.tokens }, () => Math.floor(random() * shape.vocabulary))
    const spans = equalSpans(shape.batch, shape.length)
    const positions = countUp(this.tokens, shape.length)
    this.#rows = { S: this.tokens, T: this.tokens, B: shape.batch, N: 64 }
    this.#arrays = {
      seed: new Int32Array(1),
      'source.tokens': ids(),
      'source.positions': positions,
      sources: spans,
      'target.tokens': ids(),
      'target.positions': positions,
      targets: spans,
      'target.ids': ids(),
      'loss.scale': Float32Array.of(1 / this.tokens),
      ...PositionTable.of(config).atLeast(64).arrays,
      gradients: new Float32Array(size),
      losses: new Float32Array(this.tokens),
      sums: new Float32Array(Math.ceil(size / SUM_BLOCK)),
      rates: new Float32Array(8),
      parameters: weights.values,
      firstMoments: new Float32Array(size),
      secondMoments: new Float32Array(size),
    }
    const bound = { rows: this.#rows, arrays: this.#arrays }
    this.flops = this.#instructions.reduce((sum, instruction) => sum + (flopsOf(instruction, bound) ?? 0), 0)
  }

  get #instructions(): Instruction[] {
    return this.#gradients.program.instructions
  }

  step(): void {
    this.#prepare()
    this.#gradients.play(this.#rows, this.#arrays)
    this.#norm.play({}, this.#arrays)
    this.#adam.play({}, this.#arrays)
  }

  /** Seconds by op in one step, the FLOPs of the op, and how many instructions it has. */
  profile(): Map<string, { seconds: number; flops: number; count: number }> {
    this.#prepare()
    const times = new Map<string, { seconds: number; flops: number; count: number }>()
    for (const loaded of [this.#gradients, this.#norm, this.#adam]) {
      const rows = loaded === this.#gradients ? this.#rows : {}
      loaded.profile(rows, this.#arrays).forEach((seconds, i) => {
        const instruction = loaded.program.instructions[i]
        const sum = times.get(instruction.op.name) ?? { seconds: 0, flops: 0, count: 0 }
        sum.seconds += seconds
        sum.flops += flopsOf(instruction, { rows, arrays: this.#arrays }) ?? 0
        sum.count++
        times.set(instruction.op.name, sum)
      })
    }
    return times
  }

  #prepare(): void {
    this.#step++
    this.#arrays.seed[0] = this.#step
    const [rate, beta1, beta2] = [1e-4, 0.9, 0.98]
    this.#arrays.rates.set([rate, beta1, beta2, 1e-9, 0, 1, 1 - beta1 ** this.#step, 1 - beta2 ** this.#step])
  }
}
