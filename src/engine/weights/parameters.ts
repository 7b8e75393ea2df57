import { GlassformerError } from '../../base/errors.ts'
import { entryOf, present } from '../../base/present.ts'
import { PANEL } from '../backend/interface/packed.ts'
import type { ModelConfig } from '../model/config/config.ts'
import { outputNames, outputWeights } from '../model/layers/embedding.ts'
import { wholeModel } from '../model/transformer.ts'
import type { Declaration, DeclaredWeights, Role } from '../program/declaration.ts'
import type { Rows } from '../program/instructions/tensor.ts'
import { linear } from '../program/ops/linear.ts'
import { Program } from '../program/program.ts'

/*
 * The order of weights in memory. Checkpoints are flat arrays and initial values are drawn in this order, so it must
 * not change. It is the order in which the model uses its weights, except for the modules named here. Other weights
 * come last in their module.
 */

const stacks = ['embedding', 'encoder', 'decoder', 'output']
/**
 * A norm follows its sub-layer, even if it runs before it. Keys and values of the source lie in their decoder, although
 * they are computed before it.
 */
const sublayers = [
  ...['selfAttention', 'selfAttentionNorm', 'crossAttention', 'crossAttentionNorm'],
  ...['feedForward', 'feedForwardNorm'],
]
const inAttention = [
  ...['queryKeyValue.weight', 'queryKeyValue.bias'],
  ...['query.weight', 'keyValue.weight', 'query.bias', 'keyValue.bias'],
  ...['output.weight', 'output.bias', 'relativeKeys.weight', 'relativeValues.weight'],
]

/** Sorts weights that come in the order of recording. */
function inMemoryOrder<Weight extends { name: string; role: Role }>(weights: readonly Weight[]): Weight[] {
  const keyed = weights.map((weight) => ({ weight, key: keyOf(weight) }))
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ weight }) => weight)
}

/**
 * The sort key of a weight: the embeddings of all stacks come first, then learned positions, then the layers, stack by
 * stack. The other weights of a stack follow its layers.
 */
function keyOf({ name, role }: { name: string; role: Role }): number[] {
  const [stack, layer, sublayer, ...rest] = name.split('.')
  const tables = ['embedding', 'positions'].indexOf(role)
  return [
    tables < 0 ? 2 : tables,
    rank(stacks, stack),
    /^\d+$/.test(layer) ? Number(layer) : Number.POSITIVE_INFINITY,
    rank(sublayers, sublayer),
    rank(inAttention, rest.join('.')),
  ]
}

/** The index of an item in a list. Items that are not in the list get the index after its end. */
const rank = (list: readonly string[], item: string | undefined) => {
  const index = item === undefined ? -1 : list.indexOf(item)
  return index < 0 ? list.length : index
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i])
  return at < 0 ? 0 : a[at] - b[at]
}

/** One weight of the model: its module path, and its shape in programs (a vector is one row). */
export interface Parameter extends Omit<Declaration, 'parts'> {
  name: string
  /** Whether the weight may be stored encoded, which requires that programs only multiply or embed with it. */
  encodable: boolean
  /**
   * Whether the weight is int8 where other matrices are int4: one with a row for each token, an embedding or the matrix of
   * the output projection, that caches hold. Four bits would save no time there, and cost a small model 0.3 BLEU.
   */
  staysInt8: boolean
}

/**
 * A weight as programs use it. Its parts are the parameters that lie in it one after the other; a weight without parts
 * is its own only part.
 */
export interface PlayedWeight extends Parameter {
  parts: readonly Parameter[]
}

/**
 * Every weight of a model, in memory order. Names are the module paths of the listing; matrices are [outputs, inputs]
 * as in PyTorch's Linear.
 */
export const parameters = (config: ModelConfig): Parameter[] => playedWeights(config).flatMap(({ parts }) => parts)

/**
 * Every weight as the model declares it while it is recorded. Parameters that are multiplied together are one weight.
 */
export const playedWeights = (config: ModelConfig): PlayedWeight[] => recorded(config).weights

/** The weights that programs declare, in the order of memory; `output` is the name of the matrix that caches hold as they do an embedding. */
export function declaredWeights(record: (p: Program) => void, output?: string): PlayedWeight[] {
  const store = new Collected()
  record(new Program('model', store))
  return inMemoryOrder([...store.declared].map(([name, declaration]) => played(name, declaration, name === output)))
}

/** The weights of a model, and the instructions below its output projection. */
function recorded(config: ModelConfig) {
  const store = new Collected()
  const p = new Program('model', store)
  wholeModel(p, config)
  const instructions = [...p.instructions]
  outputWeights(p, config)
  const output = outputNames(config).weight
  const all = [...store.declared].map(([name, declaration]) => played(name, declaration, name === output))
  return { weights: inMemoryOrder(all), instructions }
}

/** A parameter as a part of a matrix that linear layers multiply with. */
export interface LinearPart {
  /** The matrix as programs use it. */
  weight: PlayedWeight
  /** The index of the parameter among its parts. */
  part: number
  /** The rows that are multiplied with it, by their symbols in a program over whole targets. */
  rows: ReadonlySet<Rows>
}

/** The matrices of all linear layers below the output projection, by the names of their parameters. */
export function linearParts(config: ModelConfig): Map<string, LinearPart> {
  const { weights, instructions } = recorded(config)
  const multiplied = new Map<string, Set<Rows>>()
  for (const { op, inputs } of instructions) {
    if (op.name !== linear.row.name) continue
    const [x, weight] = inputs.slice(0, 2).map(present)
    multiplied.set(weight.name, (multiplied.get(weight.name) ?? new Set()).add(x.rows))
  }
  const found = new Map<string, LinearPart>()
  for (const weight of weights)
    if (weight.role === 'matrix' && multiplied.has(weight.name))
      weight.parts.forEach(({ name }, part) => {
        found.set(name, { weight, part, rows: entryOf(multiplied, weight.name) })
      })
  return found
}

/** A store without values, which only holds the model's declarations so far. */
class Collected implements DeclaredWeights {
  readonly values = new Float32Array(0)
  readonly declared = new Map<string, Declaration>()

  declare(name: string, declaration: Declaration): void {
    if (!this.declared.has(name)) this.declared.set(name, declaration)
  }

  place(name: string) {
    const declaration = this.declared.get(name)
    if (!declaration) throw new GlassformerError('ERR_INTERNAL', `the model uses ${name} and does not declare it`)
    return { offset: 0, rows: declaration.rows, width: declaration.width, encoding: 'float32' } as const
  }
}

/** Values of a matrix that caches do not hold, in int8. */
const LARGE = 2 ** 24

function played(
  name: string,
  { rows, width, role, parts, areApart, taps }: Declaration,
  isOutput: boolean,
): PlayedWeight {
  const isDivided = areApart && (rows / present(parts).length) % PANEL !== 0
  const encodable = (role === 'matrix' || role === 'embedding') && !isDivided
  const whole = {
    name,
    rows,
    width,
    role,
    encodable,
    staysInt8: (isOutput || role === 'embedding') && rows * width < LARGE,
    ...(taps !== undefined && { taps }),
  }
  if (!parts) return { ...whole, parts: [whole] }
  const size = role === 'bias' ? { width: width / parts.length } : { rows: rows / parts.length }
  return { ...whole, parts: parts.map((part) => ({ ...whole, ...size, name: beside(name, part) })) }
}

/** `encoder.0.selfAttention.queryKeyValue.weight`, `query` → `encoder.0.selfAttention.query.weight`. */
function beside(name: string, module: string): string {
  const path = name.split('.')
  return [...path.slice(0, -2), module, path.at(-1)].join('.')
}
