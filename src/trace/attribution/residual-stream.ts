import { GlassformerError } from '../../base/errors.ts'
import { lastOf, present } from '../../base/present.ts'
import type { Instruction } from '../../engine/program/instructions/instruction.ts'
import { optionalName } from '../../engine/program/instructions/op.ts'
import type { Tensor } from '../../engine/program/instructions/tensor.ts'
import type { Program } from '../../engine/program/program.ts'
import { splitResidual } from '../edits/edit-program.ts'

/*
 * The residual stream of a decoder, found in its program: from the output projection back through norms and sums to what
 * sub-layers and embeddings have written into it. It follows the instructions, so that any order of norms is the same to it.
 */

/** An instruction on the way of a logit, in the order from the projection to the embeddings. Tensors are named. */
export type StreamStep =
  | { kind: 'norm'; name: string; out: string; x: string; gamma: string; beta: string | null; epsilon: number }
  | { kind: 'sum'; out: string; a: string; b: string }
  /** The rows that predict a target, of a decoder alone. */
  | { kind: 'rows'; out: string; x: string; index: string }
  /** `output`: the linear after the heads, where there is one; its input is `z`. */
  | {
      kind: 'heads'
      module: string
      out: string
      z: string
      heads: number
      output: LinearNames | null
      keys: KeyNames | null
    }
  | { kind: 'linear'; module: string; out: string; bias: string | null }
  | { kind: 'embedding'; out: string; table: string; scale: number }
  /** Anything else that a sub-layer adds. */
  | { kind: 'whole'; module: string; out: string }

interface LinearNames {
  weight: string
  bias: string | null
}

/** The tensors from which a head takes what it adds: the attention weights and the values, the last of them views. */
interface KeyNames {
  weights: string
  values: { tensor: string; from: number }
}

/** The output projection, and the steps below it. */
export interface ResidualStream {
  projection: LinearNames & { x: string; scale: number }
  steps: readonly StreamStep[]
}

/** How a residual stream is read. */
interface HowRead {
  /** Tensors whose values no instruction computes, by name; they are taken as they are. */
  written: ReadonlySet<string>
  /** Whether the weights and values of attentions are read as well. */
  withKeys: boolean
}

/**
 * The residual stream of a recorded whole model, in which residuals are split off.
 */
export function residualStream(p: Program, how: HowRead): ResidualStream {
  const { written } = how
  const projection = p.instructions.find(({ op, path }) => op.name === 'linear' && path.join('.') === 'output')
  if (!projection) throw new GlassformerError('ERR_INTERNAL', 'the program has no output projection')
  const x = present(operand(projection, 'x'))
  const reached = new Map<Instruction, Tensor>()
  const walk = (tensor: Tensor) => {
    let made = makerOf(p, tensor)
    if (!made) throw new GlassformerError('ERR_INTERNAL', `nothing computes ${tensor}`)
    if (operand(made, 'residual') && !written.has(tensor.base.name)) {
      splitResidual(p, tensor.base.name)
      made = present(makerOf(p, tensor))
    }
    if (reached.has(made)) return
    reached.set(made, tensor.base)
    for (const below of written.has(tensor.base.name) ? [] : streamInputs(made)) walk(below)
  }
  walk(x)
  const inOrder = [...reached].sort(([a], [b]) => p.instructions.indexOf(b) - p.instructions.indexOf(a))
  const steps = inOrder.map(([made, tensor]) => stepOf(p, made, tensor, how))
  return {
    projection: { ...linearNames(projection), x: x.base.name, scale: projection.attributes.scale as number },
    steps,
  }
}

/** The tensors of the program whose values shares are computed from. */
export function valuesNeeded(step: StreamStep): string[] {
  if (step.kind === 'norm') return [step.x]
  if (step.kind === 'heads') return [step.z, ...(step.keys ? [step.keys.weights, step.keys.values.tensor] : [])]
  if (step.kind === 'sum' || step.kind === 'rows') return []
  return [step.out]
}

const makerOf = (p: Program, { base }: Tensor): Instruction | undefined =>
  p.instructions.findLast(({ outputs }) => outputs.some((tensor) => tensor.base === base))

function operand({ op, inputs }: Instruction, name: string): Tensor | null {
  return inputs[op.inputs.findIndex((each) => optionalName(each) === name)] ?? null
}

/** The inputs of an instruction that belong to the residual stream as well. */
function streamInputs(made: Instruction): Tensor[] {
  const { name } = made.op
  if (name === 'layerNorm' || name === 'rmsNorm') return [present(operand(made, 'x'))]
  if (name === 'add') return [present(operand(made, 'a')), present(operand(made, 'b'))]
  if (name === 'windows' && made.path.join('.') === 'decoder') return [present(operand(made, 'x'))]
  return []
}

function stepOf(p: Program, made: Instruction, { name: out }: Tensor, how: HowRead): StreamStep {
  const { op, path, attributes } = made
  const module = path.join('.')
  const named = (input: string) => operand(made, input)?.base.name ?? null
  if (how.written.has(out)) return { kind: 'whole', module: out, out }
  switch (op.name) {
    case 'layerNorm':
    case 'rmsNorm': {
      const weights = { gamma: present(named('gamma')), beta: op.name === 'layerNorm' ? present(named('beta')) : null }
      return {
        kind: 'norm',
        name: module,
        out,
        x: present(named('x')),
        ...weights,
        epsilon: attributes.epsilon as number,
      }
    }
    case 'add':
      return { kind: 'sum', out, a: present(named('a')), b: present(named('b')) }
    case 'windows':
      return { kind: 'rows', out, x: present(named('x')), index: present(named('index')) }
    case 'embed':
      return { kind: 'embedding', out, table: present(named('table')), scale: attributes.scale as number }
    case 'attention':
      return { kind: 'heads', module, out, z: out, output: null, ...present(headsOf(p, module, how)) }
    case 'linear': {
      const above = path.slice(0, -1).join('.')
      const attention = path.at(-1) === 'output' ? headsOf(p, above, how) : null
      if (attention)
        return { kind: 'heads', module: above, out, z: present(named('x')), output: linearNames(made), ...attention }
      return { kind: 'linear', module: path.at(-1) === 'outer' ? above : module, out, bias: named('bias') }
    }
    default:
      return { kind: 'whole', module, out }
  }
}

const linearNames = (made: Instruction): LinearNames => ({
  weight: present(operand(made, 'weight')).name,
  bias: operand(made, 'bias')?.name ?? null,
})

/** The number of heads of the attention of a module; null where the module has none. */
function headsOf(
  p: Program,
  module: string,
  { written, withKeys }: HowRead,
): { heads: number; keys: KeyNames | null } | null {
  const made = p.instructions.find(
    ({ op, path }) => (op.name === 'attention' || op.name === 'sideAttention') && path.join('.') === module,
  )
  if (!made) return null
  const v = present(operand(made, 'v'))
  // A tensor that an intervention wrote in place of z comes from no key.
  const isTraced =
    withKeys &&
    made.op.name === 'attention' &&
    made.attributes.traced === true &&
    !written.has(made.outputs[0].base.name)
  const hasOwnValues = !operand(made, 'relativeValues') && made.attributes.every === 1 && !operand(made, 'at')
  const keys =
    isTraced && hasOwnValues
      ? { weights: lastOf(made.outputs).base.name, values: { tensor: v.base.name, from: v.column } }
      : null
  return { heads: made.attributes.heads as number, keys }
}
