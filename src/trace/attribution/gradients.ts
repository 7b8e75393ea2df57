import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { joinedFloats } from '../../base/values/joined-arrays.ts'
import type { Player, TensorArray } from '../../engine/backend/interface/backend.ts'
import { raggedPairs, type TokenPair } from '../../engine/decode/step/index.ts'
import { isDecoderOnly } from '../../engine/model/config/config.ts'
import { PositionTable } from '../../engine/model/position-table.ts'
import { wholeModel } from '../../engine/model/transformer.ts'
import { differentiate } from '../../engine/program/gradient.ts'
import { LoadedProgram } from '../../engine/program/loaded.ts'
import { Program } from '../../engine/program/program.ts'
import { splitActivations } from '../../engine/program/split-activations.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import { asOutput, prune } from '../edits/edit-program.ts'
import type { ModelEdits } from '../edits/interventions.ts'
import type { Side } from '../edits/tensor-origin.ts'

/** Tokens of one batch of copies. */
const TOKENS = 1024

/** One run of the model on given embeddings: what enters the stacks, [tokens, dModel], positions added. */
export interface EmbeddedRun {
  source: Float32Array
  prefix: Float32Array
  /** The factor of the decoder's output [dModel] at `step`, whose product with it is the logit without its bias. */
  factor: Float64Array
  step: number
}

/** The gradients of one run by its embeddings, and the product whose gradients they are. */
export interface RunGradients {
  source: Float32Array
  prefix: Float32Array
  product: number
}

/** Gradients of logits by what enters the stacks, by the gradient rules that training uses. */
export class EmbeddingGradients {
  readonly #weights: Weights
  readonly #program: LoadedProgram
  readonly #sides: readonly Side[]
  readonly #positions: PositionTable

  /** `weights` are in float32. @throws GlassformerError ERR_UNSUPPORTED for a model or a change without a gradient */
  constructor(player: Player, weights: Weights, edits: ModelEdits) {
    if (edits.writes)
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        "gradients do not pass through tensors that interventions write: use attribute 'direct', or heads that are off alone",
      )
    this.#weights = weights
    this.#sides = isDecoderOnly(weights.config) ? ['decoder'] : ['encoder', 'decoder']
    this.#positions = PositionTable.of(weights.config)
    this.#program = new LoadedProgram(player, embeddingGradientProgram(weights, edits, this.#sides))
  }

  /** The gradients of each run of a pair, batch by batch. */
  *of(pair: TokenPair, runs: readonly EmbeddedRun[]): Generator<void, RunGradients[]> {
    const most = Math.max(1, Math.floor(TOKENS / (pair.source.length + pair.target.length)))
    const found: RunGradients[] = []
    for (let first = 0; first < runs.length; first += most) {
      found.push(...this.#batch(pair, runs.slice(first, first + most)))
      yield
    }
    return found
  }

  #batch(pair: TokenPair, runs: readonly EmbeddedRun[]): RunGradients[] {
    const { config } = this.#weights
    const { dModel } = config
    const bound = raggedPairs(new Array(runs.length).fill(pair), config, this.#positions)
    const rows: Record<string, number> = bound.rows
    const T = pair.target.length
    const [sources, prefixes] = [
      joinedFloats(runs.map((run) => run.source)),
      joinedFloats(runs.map((run) => run.prefix)),
    ]
    const factors = new Float32Array(runs.length * T * dModel)
    for (const [r, { factor, step }] of runs.entries()) factors.set(factor, (r * T + step) * dModel)
    const states = new Float32Array(runs.length * T * dModel)
    const found = { source: new Float32Array(sources.length), prefix: new Float32Array(prefixes.length) }
    const arrays: Record<string, TensorArray> = {
      ...bound.arrays,
      'encoder.embedded': sources,
      'decoder.embedded': prefixes,
      // The inputs of the encoder have what rows of numbers add already.
      ...(config.rowWidth !== undefined && { 'source.rows': new Float32Array(rows.S * config.rowWidth) }),
      'encoder.gradient': found.source,
      'decoder.gradient': found.prefix,
      factors,
      states,
    }
    for (const tensor of this.#program.program.bound) if (!tensor.part) arrays[tensor.name] ??= zeros(tensor, rows)
    this.#program.play(rows, arrays)
    return runs.map(({ factor, step, source, prefix }, r) => {
      const state = states.subarray((r * T + step) * dModel, (r * T + step + 1) * dModel)
      return {
        source: found.source.slice(r * source.length, (r + 1) * source.length),
        prefix: found.prefix.slice(r * prefix.length, (r + 1) * prefix.length),
        product: state.reduce((sum, value, i) => sum + value * factor[i], 0),
      }
    })
  }
}

/**
 * The whole model over `….embedded`, which are bound, and the gradients of `factors` · states by them:
 * `encoder.gradient` [S, dModel] and `decoder.gradient` [T, dModel].
 */
function embeddingGradientProgram(weights: Weights, edits: ModelEdits, sides: readonly Side[]): Program {
  const p = new Program('embeddingGradients', weights)
  // Recorded as for training, whose instructions have gradients, without dropout.
  p.training = {
    dropout: { residual: 0, attention: 0, activation: 0 },
    seed: p.input('seed', 1, 1, 'int32'),
    routers: [],
    commitments: [],
  }
  const top = wholeModel(p, weights.config)
  edits.edit(p)
  const embedded = sides.map((side) => {
    const at = p.instructions.findIndex(({ op, path }) => op.name === 'embed' && path.join('.') === side)
    if (at < 0) throw new GlassformerError('ERR_UNSUPPORTED', `the model's ${side} has no embeddings of tokens`)
    const tensor = asOutput(p, p.instructions[at].outputs[0])
    p.instructions.splice(at, 1)
    return tensor
  })
  const states = present(p.find(top.name))
  splitActivations(p)
  const gradients = differentiate(p, [[states, p.input('factors', states.rows, states.width)]])
  const wanted = embedded.map((tensor, i) => {
    const gradient = gradients.of(tensor)
    if (!gradient) throw new GlassformerError('ERR_UNSUPPORTED', `no logit depends on ${tensor}`)
    return p.output(gradient, `${sides[i]}.gradient`)
  })
  prune(p, [...wanted, p.output(present(p.find(states.name)), 'states')])
  return p
}

/** The arrays that training binds besides, as zeros: noise of experts, seeds, and gradients of weights that nobody reads. */
function zeros(
  { rows, width, dtype }: { rows: string | number; width: number; dtype: string },
  bound: Readonly<Record<string, number>>,
): TensorArray {
  const count = (typeof rows === 'number' ? rows : bound[rows]) * width
  return dtype === 'int32' ? new Int32Array(count) : new Float32Array(count)
}
