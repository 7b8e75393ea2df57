import { GlassformerError } from '../../base/errors.ts'
import { entryOf, present } from '../../base/present.ts'
import type { Player } from '../../engine/backend/interface/backend.ts'
import type { TokenPair } from '../../engine/decode/step/index.ts'
import type { Instruction } from '../../engine/program/instructions/instruction.ts'
import { optionalName } from '../../engine/program/instructions/op.ts'
import type { Tensor } from '../../engine/program/instructions/tensor.ts'
import { attention } from '../../engine/program/ops/attention.ts'
import { embed } from '../../engine/program/ops/embed.ts'
import { layerNorm } from '../../engine/program/ops/layer-norm.ts'
import { linear } from '../../engine/program/ops/linear.ts'
import { rmsNorm } from '../../engine/program/ops/rms-norm.ts'
import type { Program } from '../../engine/program/program.ts'
import { inFloat32 } from '../../engine/weights/merged-weights.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import { momentsOf } from '../attribution/direct.ts'
import type { TracedOrigin, TracedOriginPart, TracedOriginRow } from '../data/trace.ts'
import type { ModelEdits } from '../edits/interventions.ts'
import { unknownTensor, weightNames } from '../edits/tensor-names.ts'
import type { AttentionParts, Computed, Side, TensorOrigin } from '../edits/tensor-origin.ts'
import { TracedPlay, wholeProgram } from '../play/traced-play.ts'
import { scoreOf, weightOf } from './attention-origins.ts'
import { type Plan, type ReadTensor, rowNamed, rowOf } from './plan.ts'
import type { AskedOrigin } from './settings.ts'

interface Asked {
  player: Player
  weights: Weights
  pair: TokenPair
  /** The tokens that the decoder reads, row by row. */
  inputs: readonly number[]
  edits: ModelEdits
  /** Every tensor that a trace of the model may have. */
  names: ReadonlyMap<string, TensorOrigin>
}

/**
 * For each number that is asked for: the numbers from which it was computed, one instruction back. A rounded model is
 * explained by its rounded weights in float32, as in attributions. @throws GlassformerError ERR_OPTION for a tensor or
 * a place that does not exist
 */
export function* originsOf(asked: Asked, places: readonly AskedOrigin[]): Generator<void, TracedOrigin[]> {
  const weights = inFloat32(asked.weights)
  yield
  const model = new Explained({ ...asked, weights })
  const plans = places.map((place) => ({ place, origin: model.originOf(place.tensor), plan: model.plan(place) }))
  const needs = plans.flatMap(({ origin, plan }) => [origin, ...plan.needs])
  const play = new TracedPlay(asked.player, weights, asked.pair, asked.edits, needs)
  yield
  const read: ReadTensor = (origin) => {
    const { shape, values } = play.tensor(origin)
    return { values, width: present(shape.at(-1)) }
  }
  return plans.map(({ place: { tensor, at }, origin, plan }) => ({
    tensor,
    at: [...at],
    value: valueAt(play.tensor(origin), tensor, at),
    ...plan.told(read),
  }))
}

function valueAt(
  { shape, values }: { shape: readonly number[]; values: Float32Array },
  tensor: string,
  at: readonly number[],
) {
  if (at.length !== shape.length || at.some((index, i) => index >= shape[i]))
    throw new GlassformerError(
      'ERR_OPTION',
      `option 'origins': ${tensor} is [${shape.join(', ')}], and has no number at [${at.join(', ')}]`,
    )
  return values[at.reduce((place, index, i) => place * shape[i] + index, 0)]
}

/** A recorded model, as far as the origins of its numbers go. */
class Explained {
  readonly #asked: Asked
  readonly #program: Program

  constructor(asked: Asked) {
    this.#asked = asked
    this.#program = wholeProgram(asked.weights, false)
  }

  originOf(name: string): TensorOrigin {
    const { names } = this.#asked
    const known = names.get(name) ?? weightNames(this.#asked.weights).get(name)
    if (known) return known
    const listed = this.#program.instructions.flatMap(({ outputs }) => outputs.map((tensor) => tensor.base.name))
    if (listed.includes(name)) return { by: 'computed', tensor: name }
    throw unknownTensor(name, [...names.keys(), ...listed])
  }

  plan({ tensor, at }: AskedOrigin): Plan {
    const origin = this.originOf(tensor)
    const [row, column] = at
    if (origin.by === 'scores') return scoreOf(origin.stage, origin.attention, at)
    if (origin.by === 'weights') return weightOf(origin.attention, at)
    if (origin.by === 'embedding') return this.#embedding(origin.side, row, column)
    if (origin.by === 'product') return this.#computed(this.#madeOf(origin.tensor), row, column, false)
    if (origin.by === 'computed' && origin.factor === undefined)
      return this.#computed(this.#madeOf(origin.tensor), row, column + (origin.columns?.[0] ?? 0), true)
    return { needs: [], told: () => ({ rule: unfollowed[origin.by] ?? 'other', parts: [] }) }
  }

  #madeOf(tensor: string): Instruction {
    return present(this.#program.instructions.find(({ outputs }) => outputs.some(({ base }) => base.name === tensor)))
  }

  #computed(made: Instruction, row: number, column: number, withResidual: boolean): Plan {
    if (made.op.name === linear.row.name) return this.#linear(made, row, column, withResidual)
    if (made.op.name === attention.row.name) return this.#attended(made, row, column)
    if (made.op.name === layerNorm.row.name || made.op.name === rmsNorm.row.name) return this.#norm(made, row, column)
    if (made.op.name === embed.row.name) return this.#embedded(made.path.join('.') as Side, row, column)
    return { needs: [], told: () => ({ rule: 'other', parts: [] }) }
  }

  #linear(made: Instruction, row: number, column: number, withResidual: boolean): Plan {
    const [x, weight, bias, residual] = operands(made, 'x', 'weight', 'bias', 'residual')
    const { activation, scale } = made.attributes as { activation: string; scale: number }
    const left = this.#named(present(x))
    const added = withResidual && residual ? this.#named(residual) : null
    const { weights } = this.#asked
    return {
      needs: [left.origin, ...(added ? [added.origin] : [])],
      told: (read) => ({
        rule: 'linear',
        left: { ...left.place([row, null]), values: rowOf(read(left.origin), row) },
        right: this.#weightRow(present(weight), column),
        parts: [
          ...(scale === 1 ? [] : [{ name: 'scale', value: scale }]),
          ...(bias ? [{ name: 'bias', value: weights.get(bias.name)[column] }] : []),
          ...(added ? [{ name: 'residual', ...cellOf(added, read, row, column) }] : []),
        ],
        ...(activation !== 'none' && { activation }),
      }),
    }
  }

  /** The row of a weight [outputs, inputs] that makes one output; of weights that are multiplied together, under the name of its part. */
  #weightRow({ name, width }: Tensor, column: number): TracedOriginRow {
    const { weights } = this.#asked
    const values = weights.get(name).subarray(column * width, (column + 1) * width)
    const { part, row } = partOf(weights, name, column)
    return rowNamed(part, [row, null], values)
  }

  #attended(made: Instruction, row: number, column: number): Plan {
    const path = made.path.join('.')
    const heads = made.attributes.heads as number
    const dHead = present(made.outputs[0]).width / heads
    const head = Math.floor(column / dHead)
    const { names } = this.#asked
    const [weights, value] = [entryOf(names, `${path}.weights`), entryOf(names, `${path}.value`)]
    const hasDistances = this.#attentionOf(path).relativeValues !== null
    return {
      needs: [weights, value],
      told: (read) => {
        const keys = read(weights).width
        const queries = read(weights).values.length / heads / keys
        const v = read(value)
        const first = (head * queries + row) * keys
        return {
          rule: 'weightedSum',
          left: rowNamed(`${path}.weights`, [head, row, null], read(weights).values.subarray(first, first + keys)),
          right: rowNamed(
            `${path}.value`,
            [null, column],
            Float32Array.from({ length: keys }, (_, key) => v.values[key * v.width + column]),
          ),
          parts: [],
          ...(hasDistances && { rest: 'distance' }),
        }
      },
    }
  }

  #attentionOf(path: string): AttentionParts {
    const origin = this.#asked.names.get(`${path}.weights`)
    return present(origin?.by === 'weights' ? origin.attention : null)
  }

  #norm(made: Instruction, row: number, column: number): Plan {
    const [x, gamma, beta] = operands(made, 'x', 'gamma', 'beta')
    const { epsilon } = made.attributes as { epsilon: number }
    const left = this.#named(present(x))
    const isCentered = made.op.name === layerNorm.row.name
    return {
      needs: [left.origin],
      told: (read) => {
        const values = rowOf(read(left.origin), row)
        const { mean, deviation } = momentsOf(values, isCentered, epsilon)
        const weight = (tensor: Tensor) => this.#asked.weights.get(tensor.name)[column]
        return {
          rule: 'norm',
          left: { ...left.place([row, null]), values },
          parts: [
            { name: 'x', ...cellOf(left, read, row, column) },
            ...(isCentered ? [{ name: 'mean', value: mean }] : []),
            { name: isCentered ? 'deviation' : 'rootMeanSquare', value: deviation },
            { name: 'gain', value: weight(present(gamma)) },
            ...(beta ? [{ name: 'bias', value: weight(beta) }] : []),
          ],
        }
      },
    }
  }

  #embedded(side: Side, row: number, column: number): Plan {
    const origins = (['embedding', 'positions'] as const).filter((by) => this.#asked.names.has(`${side}.${by}`))
    return {
      needs: origins.map((by) => ({ by, side })),
      told: (read) => ({
        rule: 'sum',
        parts: origins.map((by) => {
          const { values, width } = read({ by, side })
          return { name: by, value: values[row * width + column], tensor: `${side}.${by}`, at: [row, column] }
        }),
      }),
    }
  }

  #embedding(side: Side, row: number, column: number): Plan {
    const { pair, inputs, weights } = this.#asked
    const made = present(
      this.#program.instructions.find(({ op, path }) => op.name === embed.row.name && path.join('.') === side),
    )
    const [table] = made.inputs
    const id = (side === 'encoder' ? pair.source : inputs)[row]
    return {
      needs: [],
      told: () => {
        if (typeof id !== 'number' || id < 0) return { rule: 'other', parts: [] }
        const { name, width } = present(table)
        const value = weights.get(name)[id * width + column]
        return {
          rule: 'embedding',
          parts: [
            { name, value, tensor: name, at: [id, column] },
            { name: 'scale', value: made.attributes.scale as number },
          ],
        }
      },
    }
  }

  /** A tensor of the program under its name in a trace where it has one, and the place of its columns there. */
  #named(tensor: Tensor) {
    const { base, isView, column, width } = tensor
    const columns = isView ? ([column, column + width] as const) : undefined
    const origin: Computed = { by: 'computed', tensor: base.name, ...(columns && { columns }) }
    const known = [...this.#asked.names].find(
      ([, each]) =>
        each.by === 'computed' && each.tensor === base.name && each.columns?.join() === columns?.join() && !each.factor,
    )
    const name = known?.[0] ?? base.name
    const place = (at: (number | null)[]) => ({ name, tensor: name, at, from: known ? 0 : column })
    return { origin, name, place }
  }
}

/** The rules of tensors that no instruction computes. */
const unfollowed: Partial<Record<TensorOrigin['by'], TracedOrigin['rule']>> = {
  positions: 'position',
  learned: 'learned',
}

/** The parameter to which a row of a weight belongs, and its row there. The parts of a weight lie one after the other. */
function partOf({ parameters, placements }: Weights, name: string, row: number): { part: string; row: number } {
  const { offset, width } = present(placements.get(name))
  const part = parameters.find((each) => {
    const place = placements.get(each.name)
    const first = place && (place.offset - offset) / width
    return first !== undefined && first >= 0 && first <= row && row < first + each.rows && place?.width === width
  })
  const place = part && placements.get(part.name)
  return part && place ? { part: part.name, row: row - (place.offset - offset) / width } : { part: name, row }
}

/** Operands of an instruction by their names; null where it has none of that name. */
const operands = ({ op, inputs }: Instruction, ...names: string[]) =>
  names.map((name) => inputs[op.inputs.findIndex((each) => optionalName(each) === name)] ?? null)

function cellOf(
  { origin, name }: { origin: TensorOrigin; name: string },
  read: ReadTensor,
  row: number,
  column: number,
): Omit<TracedOriginPart, 'name'> {
  const { values, width } = read(origin)
  return { value: values[row * width + column], tensor: name, at: [row, column] }
}
