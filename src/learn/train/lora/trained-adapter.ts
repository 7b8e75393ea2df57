import { GlassformerError } from '../../../base/errors.ts'
import { entryOf } from '../../../base/present.ts'
import { Tensor } from '../../../engine/program/instructions/tensor.ts'
import { addBranches } from '../../../engine/program/low-rank-branches.ts'
import { activation } from '../../../engine/program/ops/activation.ts'
import { dropout } from '../../../engine/program/ops/dropout.ts'
import { linear } from '../../../engine/program/ops/linear.ts'
import type { Program } from '../../../engine/program/program.ts'
import { type Adapter, type AdapterBranch, nextAdapterId } from '../../../engine/weights/adapter.ts'
import { type LinearPart, linearParts } from '../../../engine/weights/parameters.ts'
import type { Weights } from '../../../engine/weights/weights.ts'
import type { AdapterFactors } from '../../../files/folders/adapters/index.ts'
import { Random, type Trainable } from '../state/random.ts'

/** The shape of an adapter. */
export interface LoraShape {
  rank: number
  /** α: the products are multiplied by α ÷ rank, with `stabilized` by α ÷ √rank. */
  alpha: number
  stabilized: boolean
  /** Dropout of the inputs of A. */
  dropout: number
}

/** The matrices of one parameter in the adapter's array. */
interface Branch extends Omit<LinearPart, 'rows'> {
  parameter: string
  inputs: number
  outputs: number
  rank: number
  scale: number
  /** Where A [rank, inputs] and B [outputs, rank] begin. */
  a: number
  b: number
}

/** The array in which programs of training find the adapter. */
const ARRAY = 'adapter'
const ALIGNMENT = 16

/**
 * A low-rank adapter that is trained while its model stays as it is (LoRA, Hu et al. 2021): y = W x + s · B A x for each adapted parameter,
 * where s is α ÷ rank, with rsLoRA α ÷ √rank. A begins with uniform random numbers of ± 1 / √inputs, as in PEFT, and B with zeros, so that
 * training begins with the model itself.
 */
export class TrainedAdapter implements Trainable {
  /** All matrices, one after the other. */
  readonly values: Float32Array
  readonly parameters: Trainable['parameters']
  readonly shape: LoraShape
  readonly #branches: readonly Branch[]
  readonly #places: ReadonlyMap<string, { offset: number }>
  readonly #byWeight: ReadonlyMap<string, (Branch | null)[]>

  /**
   * `targets` says of a parameter whether it is adapted; `from` has the matrices of an adapter that is trained further, with its ranks.
   * @throws GlassformerError ERR_OPTION where nothing is adapted, or `from` has parameters that cannot be trained
   */
  constructor(
    weights: Weights,
    shape: LoraShape,
    targets: (parameter: string) => boolean,
    from?: readonly AdapterFactors[],
  ) {
    const parts = linearParts(weights.config)
    const given = from && new Map(from.map((factors) => [factors.parameter, factors]))
    const adapted = [...parts].filter(([parameter]) => (given ? given.has(parameter) : targets(parameter)))
    if (!adapted.length || (given && adapted.length < given.size))
      throw new GlassformerError('ERR_OPTION', 'the adapter has no parameters that can be trained: give other targets')
    let end = 0
    const room = (size: number) => {
      const begin = Math.ceil(end / ALIGNMENT) * ALIGNMENT
      end = begin + size
      return begin
    }
    this.shape = shape
    this.#branches = adapted.map(([parameter, { weight, part }]) => {
      const own = given?.get(parameter)
      const rank = own?.rank ?? shape.rank
      const [inputs, outputs] = [weight.width, weight.rows / weight.parts.length]
      const scale = own?.scale ?? shape.alpha / (shape.stabilized ? Math.sqrt(rank) : rank)
      return { parameter, weight, part, inputs, outputs, rank, scale, a: room(rank * inputs), b: room(outputs * rank) }
    })
    this.values = new Float32Array(end)
    this.parameters = this.#branches.flatMap(({ parameter, rank, inputs, outputs }) => [
      { name: `${parameter}.A`, rows: rank, width: inputs },
      { name: `${parameter}.B`, rows: outputs, width: rank },
    ])
    this.#places = new Map(
      this.#branches.flatMap(({ parameter, a, b }) => [
        [`${parameter}.A`, { offset: a }],
        [`${parameter}.B`, { offset: b }],
      ]),
    )
    const byWeight = new Map<string, (Branch | null)[]>()
    for (const branch of this.#branches) {
      const { weight, part } = branch
      const own = byWeight.get(weight.name) ?? weight.parts.map(() => null)
      own[part] = branch
      byWeight.set(weight.name, own)
    }
    this.#byWeight = byWeight
    for (const { parameter, a, b } of this.#branches) {
      const own = given?.get(parameter)
      if (!own) continue
      this.values.set(own.a, a)
      this.values.set(own.b, b)
    }
  }

  /** Sets A to random numbers. */
  initialize(seed: number): this {
    this.#branches.forEach(({ rank, inputs, a }, i) => {
      const random = new Random(seed, 7, i)
      const bound = 1 / Math.sqrt(inputs)
      for (let at = a; at < a + rank * inputs; at++) this.values[at] = bound * (2 * random.uniform() - 1)
    })
    return this
  }

  /** The number of trained values. */
  get size(): number {
    return this.parameters.reduce((sum, { rows, width }) => sum + rows * width, 0)
  }

  place(name: string): { offset: number } {
    return entryOf(this.#places, name)
  }

  /** Adds the adapter to a program that has been recorded, before gradients are taken. */
  edit(p: Program): void {
    const array = p.input(ARRAY, 1, this.values.length)
    const matrix = (name: string, rows: number, width: number, start: number) =>
      new Tensor('bound', name, { rows, width }, 'float32', { part: { of: array, start } })
    const tensors = new Map(
      this.#branches.map(({ parameter, rank, inputs, outputs, a, b }) => [
        parameter,
        { a: matrix(`${parameter}.A`, rank, inputs, a), b: matrix(`${parameter}.B`, outputs, rank, b) },
      ]),
    )
    addBranches(p, (weight) => {
      const parts = this.#byWeight.get(weight)
      if (!parts) return null
      return (x, product, sum) => {
        parts.forEach((branch, part) => {
          const [from, to] = [product, sum].map((whole) =>
            parts.length === 1 ? whole : whole.columns(parts.length)[part],
          )
          if (!branch) return activation.into(p, [to], { x: from }, { activation: 'none' })
          const { a, b } = entryOf(tensors, branch.parameter)
          const [inner] = linear(p, { x: this.#dropped(p, x), weight: a }, { activation: 'none', scale: 1 })
          linear.into(p, [to], { x: inner, weight: b, residual: from }, { activation: 'none', scale: branch.scale })
        })
      }
    })
  }

  #dropped(p: Program, x: Tensor): Tensor {
    const { dropout: rate } = this.shape
    return rate && p.training ? dropout(p, { x, seed: p.training.seed }, { rate, site: p.site })[0] : x
  }

  /** The arrays that edited programs bind. */
  get arrays(): Readonly<Record<string, Float32Array>> {
    return { [ARRAY]: this.values }
  }

  /** The array of its gradients, as edited programs bind it. */
  gradients(values: Float32Array): Readonly<Record<string, Float32Array>> {
    return { [`${ARRAY}.gradients`]: values }
  }

  /** The adapter as it is now, for translations. */
  snapshot(): Adapter {
    const values = new Float32Array(
      this.#branches.reduce((sum, { rank, inputs, outputs }) => sum + rank * (inputs + outputs), 0),
    )
    let end = 0
    const branches = this.#branches.map(({ parameter, rank, inputs, outputs, scale, a, b }): AdapterBranch => {
      const [down, up] = [end, end + rank * inputs]
      end = up + rank * outputs
      values.set(this.values.subarray(a, a + rank * inputs), down)
      for (let k = 0; k < rank; k++)
        for (let o = 0; o < outputs; o++) values[up + k * outputs + o] = scale * this.values[b + o * rank + k]
      return { parameter, rank, down, up }
    })
    return { id: nextAdapterId(), name: 'in training', values, branches }
  }

  /** Its matrices by parameter, to be written. */
  factors(): AdapterFactors[] {
    return this.#branches.map(({ parameter, rank, inputs, outputs, scale, a, b }) => ({
      parameter,
      rank,
      inputs,
      outputs,
      scale,
      a: this.values.slice(a, a + rank * inputs),
      b: this.values.slice(b, b + outputs * rank),
    }))
  }

  /** Adds its products to the weights of the model. */
  mergeInto(weights: Weights): void {
    for (const { parameter, rank, inputs, outputs, scale, a, b } of this.#branches) {
      const matrix = weights.get(parameter)
      for (let o = 0; o < outputs; o++)
        for (let k = 0; k < rank; k++) {
          const factor = scale * this.values[b + o * rank + k]
          for (let i = 0; i < inputs; i++) matrix[o * inputs + i] += factor * this.values[a + k * inputs + i]
        }
    }
  }
}
