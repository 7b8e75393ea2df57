import { GlassformerError } from '../../base/errors.ts'
import type { DType, PlannedDType, PlayerInfo, ProgramSpec } from '../backend/interface/backend.ts'
import { compile } from './compile.ts'
import type { Declaration, DeclaredWeights } from './declaration.ts'
import type { Instruction, OpRow, Recording, Shape } from './instructions/instruction.ts'
import { optionalName } from './instructions/op.ts'
import { type Rows, Tensor } from './instructions/tensor.ts'
import { type Bound, listing } from './listing.ts'

/** Rates of dropout in training: on embeddings and sub-layer outputs, on attention weights, and on the inner feed-forward layer. */
export interface DropoutRates {
  residual: number
  attention: number
  activation: number
}

/** The scores that a layer gives its experts, the gates, and where these are noisy the load; [rows, experts] each. */
export interface Router {
  scores: Tensor
  gates: Tensor
  load: Tensor | null
}

/** The additions of a program for training: dropout, and the seed [1, 1] from which its masks follow. */
export interface Training {
  dropout: DropoutRates
  seed: Tensor
  /** The routers of experts, which the model adds while it is recorded: further losses are made of them. */
  routers: Router[]
  /** How far rows are from the entries of a codebook that they become, [Z, 1] each: further losses. */
  commitments: Tensor[]
}

/**
 * A flat list of instructions over tensors, recorded once per model and played with whatever rows a batch has.
 * Tensors are named by the module path that is open when they are made (`within`).
 */
export class Program implements Recording {
  readonly name: string
  readonly instructions: Instruction[] = []
  /** Tensors bound at play, by name, in the order in which they were declared. */
  readonly bound: Tensor[] = []
  /** The store in which the program's weights lie. */
  readonly weights: DeclaredWeights
  readonly #parameters = new Map<string, Tensor>()
  readonly #gradients = new Map<string, Tensor>()
  readonly #names = new Set<string>()
  /** Set while a program for training is recorded: model code then applies dropout at these rates. */
  training: Training | null = null
  /** Set while a program is recorded whose attention weights are to be read: attention then writes them. */
  tracing = false
  #path: readonly string[] = []

  /** A program without weights needs no store of them. */
  constructor(name: string, weights: DeclaredWeights = noWeights) {
    this.name = name
    this.weights = weights
  }

  /** Runs `record` with `part` added to the module path that names tensors. */
  within<T>(part: string | readonly string[], record: () => T): T {
    const open = this.#path
    this.#path = open.concat(part)
    try {
      return record()
    } finally {
      this.#path = open
    }
  }

  /**
   * A weight of the store, by its full name. @throws GlassformerError ERR_SHAPE where the store has no weight of that name, or one of
   * another shape than the model declares
   */
  weight(name: string, declaration?: Declaration): Tensor {
    if (declaration) this.weights.declare?.(name, declaration)
    let tensor = this.#parameters.get(name)
    if (!tensor) {
      const { rows, width, encoding } = this.weights.place(name)
      if (declaration && (rows !== declaration.rows || width !== declaration.width))
        throw new GlassformerError(
          'ERR_SHAPE',
          `the model declares ${name} as [${declaration.rows}, ${declaration.width}], its weights have [${rows}, ${width}]`,
        )
      tensor = new Tensor('weight', name, { rows, width }, 'float32', { encoding })
      this.#parameters.set(name, tensor)
    }
    return tensor
  }

  /** Declares a weight of the module whose path is open: `weight` inside `encoder.0.selfAttention.output` is that module's matrix. */
  parameter(name: string, declaration: Declaration): Tensor {
    return this.weight([...this.#path, name].join('.'), declaration)
  }

  /** A tensor whose array is handed in at each play: an input, or a state that the program writes to. */
  input(name: string, rows: Rows, width: number, dtype: DType = 'float32'): Tensor {
    const tensor = new Tensor('bound', this.#unique(name), { rows, width }, dtype)
    this.bound.push(tensor)
    return tensor
  }

  /** A computed tensor that several instructions write: each writes some of its columns. */
  planned(name: string, rows: Rows, width: number, dtype: PlannedDType = 'float32'): Tensor {
    return new Tensor('planned', this.#unique([...this.#path, name].join('.')), { rows, width }, dtype)
  }

  /** A number for the next place that draws random numbers: each instruction has its own. */
  get site(): number {
    return this.instructions.length
  }

  /**
   * Where the gradient of a weight accumulates: a part of the array bound as 'gradients', laid out like the weights. That of a part of the
   * bound array X is a part of X.gradients.
   */
  gradientOf({ name, rows, width, encoding, part }: Tensor): Tensor {
    if (encoding !== 'float32')
      throw new GlassformerError(
        'ERR_SHAPE',
        `${name} is stored as ${encoding} and has no gradient: load it as float32`,
      )
    let tensor = this.#gradients.get(name)
    if (!tensor) {
      const [array, size] = part
        ? [`${part.of.name}.gradients`, part.of.width]
        : ['gradients', this.weights.values.length]
      const start = part?.start ?? this.weights.place(name).offset
      const of = this.bound.find((other) => other.name === array) ?? this.input(array, 1, size)
      tensor = new Tensor('bound', `gradient of ${name}`, { rows, width }, 'float32', { part: { of, start } })
      this.#gradients.set(name, tensor)
    }
    return tensor
  }

  /**
   * Appends an instruction; called by ops. Outputs are planned into the arena unless `into` names them (columns of a
   * `planned` tensor) or `output` claims them later.
   */
  append(
    op: OpRow,
    inputs: Readonly<Record<string, Tensor | null | undefined>>,
    attributes: Record<string, unknown>,
    shapes: readonly Shape[],
    into?: readonly Tensor[],
  ): Tensor[] {
    const outputs = into
      ? [...into]
      : shapes.map(({ rows, width }, i) => {
          const name = optionalName(op.outputs[i])
          return this.planned(name, rows, width, op.integers?.includes(name) ? 'int32' : 'float32')
        })
    const operands = op.inputs.map((name) => inputs[optionalName(name)] ?? null)
    this.instructions.push({ op, inputs: operands, outputs, attributes, path: this.#path })
    return outputs
  }

  /** The instruction that computes a tensor; null for a bound tensor, a weight, or columns that several instructions have written. */
  madeBy(tensor: Tensor): Instruction | null {
    return this.instructions.find(({ outputs }) => outputs.includes(tensor)) ?? null
  }

  /** Makes a computed tensor an output: play writes it to the array bound under its name (or under `name`). */
  output(tensor: Tensor, name = tensor.name): Tensor {
    if (tensor.kind !== 'planned' || tensor.isView)
      throw new GlassformerError('ERR_SHAPE', `${tensor} cannot be an output: it is not computed here as a whole`)
    const bound = new Tensor('bound', name === tensor.name ? name : this.#unique(name), tensor, tensor.dtype)
    const renew = (t: Tensor) =>
      t.base === tensor ? (t.isView ? bound.slice(t.column, t.column + t.width) : bound) : t
    for (const instruction of this.instructions) {
      instruction.inputs = instruction.inputs.map((t) => t && renew(t))
      instruction.outputs = instruction.outputs.map(renew)
    }
    this.bound.push(bound)
    return bound
  }

  /** The tensor that an instruction computes under this name; the inspector finds tensors by these names. */
  find(name: string): Tensor | undefined {
    for (const { outputs } of this.instructions) for (const tensor of outputs) if (tensor.name === name) return tensor
    return undefined
  }

  /** The program as plain data for a backend, its memory planned. */
  compile(): ProgramSpec {
    return compile(this)
  }

  /** One line per instruction: op, names, shapes, FLOPs; with `bound`, the numbers of that play. */
  toString(bound?: Bound, info?: PlayerInfo): string {
    return listing(this, bound, info)
  }

  #unique(name: string): string {
    let unique = name
    for (let n = 2; this.#names.has(unique); n++) unique = `${name}#${n}`
    this.#names.add(unique)
    return unique
  }
}

const noWeights: DeclaredWeights = {
  values: new Float32Array(0),
  place(name) {
    throw new GlassformerError('ERR_SHAPE', `there is no weight named ${name}`)
  },
}
