import { afterAll, describe, expect, it } from 'vitest'
import type { Player, TensorArray, WeightStore } from '#dist/engine/backend/interface/backend.js'
import { differentiate } from '#dist/engine/program/gradient.js'
import type { OpRow } from '#dist/engine/program/instructions/instruction.js'
import { optionalName } from '#dist/engine/program/instructions/op.js'
import type { Tensor } from '#dist/engine/program/instructions/tensor.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { opTable } from '#dist/engine/program/op-table.js'
import { add } from '#dist/engine/program/ops/add.js'
import { attention } from '#dist/engine/program/ops/attention.js'
import { linear } from '#dist/engine/program/ops/linear.js'
import { softmax } from '#dist/engine/program/ops/softmax.js'
import { Program } from '#dist/engine/program/program.js'
import { splitActivations } from '#dist/engine/program/split-activations.js'
import { backends } from '../../backends.ts'
import { rowsOf } from './mathematics.ts'
import { opTests } from './op-tests.ts'
import { playCase } from './play-case.ts'
import { type OpCase, type OperandCase, Random, whole } from './random-operands.ts'

/** The number of elements of an operand that are checked. */
const SAMPLES = 12
const STEP = 1e-6
const TOLERANCE = 1e-4

/** The case without views: a gradient through some columns only is not a gradient of the base. */
function compacted({ symbols, inputs, attributes }: OpCase): OpCase {
  const entries = Object.entries(inputs).map(([name, operand]) => {
    if (!operand || operand.data instanceof Int32Array) return [name, operand]
    return [name, whole(operand.rows, operand.width, Float32Array.from(rowsOf(operand).flat()))]
  })
  return { symbols, inputs: Object.fromEntries(entries), attributes }
}

/** The weights among the operands that have these names, one after the other with gaps between them. */
function storeOf(inputs: OpCase['inputs'], weights: readonly string[]): WeightStore {
  const places = new Map<string, ReturnType<WeightStore['place']>>()
  let size = 3
  for (const name of weights) {
    const operand = inputs[name]
    if (!operand) continue
    places.set(name, {
      offset: size,
      rows: operand.data.length / operand.width,
      width: operand.width,
      encoding: 'float32',
    })
    size += operand.data.length + 3
  }
  const values = new Float32Array(size)
  for (const [name, { offset }] of places) values.set(inputs[name]!.data, offset)
  return { values, place: (name) => places.get(name)! }
}

/** Central differences of Σ outputs[0] · dOutput with respect to some elements of an operand: [index, slope]. */
function slopes(evaluate: (inputs: OpCase['inputs']) => number[], c: OpCase, name: string, dOutput: Float32Array) {
  const operand = c.inputs[name] as OperandCase
  const moved = (at: number, by: number) => {
    // References accept any array of numbers; float32 would round the step away.
    const data = Float64Array.from(operand.data) as unknown as Float32Array
    data[at] += by
    const output = evaluate({ ...c.inputs, [name]: { ...operand, data } })
    return output.reduce((sum, value, i) => sum + value * dOutput[i], 0)
  }
  const stride = Math.max(1, Math.floor(operand.data.length / SAMPLES))
  const at = Array.from({ length: Math.min(SAMPLES, operand.data.length) }, (_, i) => i * stride)
  return at.map((i) => [i, (moved(i, STEP) - moved(i, -STEP)) / (2 * STEP)] as const)
}

interface Recorded {
  program: Program
  weights: WeightStore
  inputs: Record<string, Tensor>
  output: Tensor
  /** Numeric inputs without a gradient. */
  constants: readonly string[]
}

function recordOp(row: OpRow, { inputs, attributes }: OpCase): Recorded {
  const weights = storeOf(inputs, row.weights ?? [])
  const program = new Program(row.name, weights)
  const tensors: Record<string, Tensor> = {}
  for (const declared of row.inputs) {
    const name = optionalName(declared)
    const operand = inputs[name]
    if (!operand) continue
    const dtype = operand.data instanceof Int32Array ? 'int32' : 'float32'
    tensors[name] = row.weights?.includes(name)
      ? program.weight(name)
      : program.input(name, operand.rows, operand.width, dtype)
  }
  const rules = row.shapes(tensors as never, attributes as never)
  const [output] = program.append(row, tensors, attributes, rules)
  return { program, weights, inputs: tensors, output, constants: row.constants ?? [] }
}

/** Runs forward and backward; returns the gradients of weights by name, and of the other operands that have one. */
function gradientsOf(
  player: Player,
  { program, weights, inputs, output, constants }: Recorded,
  c: OpCase,
  dOutput: Float32Array,
): Record<string, Float32Array> {
  const seed = program.input('dOutput', output.rows, output.width)
  splitActivations(program)
  const gradients = differentiate(program, [[output, seed]])
  const arrays: Record<string, TensorArray> = { dOutput }
  const results: Record<string, Float32Array> = {}
  for (const [name, tensor] of Object.entries(inputs)) {
    const operand = c.inputs[name]!
    if (tensor.kind === 'bound') arrays[name] = operand.data
    if (tensor.kind === 'weight' || tensor.dtype === 'int32') continue
    const gradient = gradients.of(tensor)
    if (constants.includes(name)) {
      expect(gradient, `${name} is a constant`).toBeNull()
      continue
    }
    if (!gradient) throw new Error(`${name} has no gradient`)
    // A gradient may be the seed itself, which is not an output.
    const zero = program.input(`zero ${name}`, tensor.rows, tensor.width)
    program.output(add(program, { a: gradient, b: zero })[0], `d ${name}`)
    arrays[`zero ${name}`] = new Float32Array(operand.data.length)
    results[name] = arrays[`d ${name}`] = new Float32Array(operand.data.length)
  }
  const all = new Float32Array(weights.values.length).fill(1)
  arrays.gradients = all
  // Outputs on which nothing depends.
  for (const { rows, width, name } of program.bound) arrays[name] ??= new Float32Array(c.symbols[rows] * width)
  new LoadedProgram(player, program).play(c.symbols, arrays)
  for (const [name, tensor] of Object.entries(inputs)) {
    if (tensor.kind !== 'weight') continue
    const { offset, rows, width } = weights.place(name)
    results[name] = all.slice(offset, offset + rows * width).map((value) => value - 1)
  }
  return results
}

function expectSlopes(actual: Float32Array, expected: readonly (readonly [number, number])[], what: string): void {
  const range = Math.max(1, ...expected.map(([, slope]) => Math.abs(slope)))
  for (const [i, slope] of expected) {
    const message = `${what}[${i}] is ${actual[i]}, the finite difference ${slope}`
    expect(Math.abs(actual[i] - slope) / range, message).toBeLessThan(TOLERANCE)
  }
}

const differentiable = [...opTable.values()].filter((row) => row.gradient)

it('has a rule for every op that models record', () => {
  const names = differentiable.map((row) => row.name)
  for (const name of ['embed', 'linear', 'activation', 'add', 'layerNorm', 'rmsNorm', 'attention', 'dropout'])
    expect(names).toContain(name)
})

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it.each(differentiable)('the gradients of $name are its finite differences', (row) => {
    for (let seed = 1; seed <= 8; seed++) {
      const random = new Random(seed)
      const c = compacted(opTests[row.name].case(random))
      const { slopesOf, reference } = opTests[row.name]
      const evaluate = (inputs: OpCase['inputs']) => slopesOf?.({ ...c, inputs }) ?? reference({ ...c, inputs })[0]
      const dOutput = random.floats(evaluate(c.inputs).length)
      const actual = gradientsOf(player, recordOp(row, c), c, dOutput)
      for (const [name, gradient] of Object.entries(actual))
        expectSlopes(
          gradient,
          slopes(evaluate, c, name, dOutput),
          `${row.name} ${JSON.stringify(c.attributes)}, seed ${seed}, d${name}`,
        )
    }
  })

  it.each(['crossEntropy', 'distillation'])(
    'the gradients that %s is fused with are its finite differences',
    (name) => {
      for (let seed = 1; seed <= 8; seed++) {
        const c = compacted(opTests[`${name}Gradient`].case(new Random(seed)))
        const { arrays } = playCase(player, opTable.get(`${name}Gradient`)!, c)
        const evaluate = (inputs: OpCase['inputs']) => opTests[name].reference({ ...c, inputs })[0]
        const dLosses = new Float32Array(evaluate(c.inputs).length).fill(c.inputs.dLoss!.data[0])
        const { inputs, integers = [], constants = [] } = opTable.get(name)!
        const differentiated = inputs
          .map(optionalName)
          .filter((operand) => ![...integers, ...constants].includes(operand))
        for (const operand of differentiated) {
          const gradient = `d${operand === 'x' ? 'x' : operand[0].toUpperCase() + operand.slice(1)}`
          const row = opTable.get(`${name}Gradient`)!
          expect([...row.inputs, ...row.outputs].map(optionalName)).toContain(gradient)
          if (!c.inputs[operand] || !arrays[gradient]) continue
          const before = c.inputs[gradient]?.data
          const added = Float32Array.from(arrays[gradient], (value, i) => value - (before?.[i] ?? 0))
          expectSlopes(added, slopes(evaluate, c, operand, dLosses), `seed ${seed}, ${gradient} of ${name}`)
        }
      }
    },
  )

  it('contributions to a tensor that is used twice, and to a weight that is used twice, add up', () => {
    const random = new Random(7)
    const [T, width] = [5, 12]
    const attributes = { activation: 'none', scale: 1 } as const
    const c: OpCase = {
      symbols: { T },
      inputs: {
        x: whole('T', width, random.floats(T * width)),
        weight: whole(width, width, random.floats(width * width)),
      },
      attributes,
    }
    // softmax(x Wᵀ) Wᵀ + x + x Wᵀ
    const weights = storeOf(c.inputs, ['weight'])
    const program = new Program('twice', weights)
    const [x, weight] = [program.input('x', 'T', width), program.weight('weight')]
    const [h] = linear(program, { x, weight }, attributes)
    const [p] = softmax(program, { x: h })
    const [y] = linear(program, { x: p, weight, residual: x }, attributes)
    const [output] = add(program, { a: y, b: h })
    const evaluate = (inputs: OpCase['inputs']) => {
      const of = (values: number[]) => whole('T', width, values as unknown as Float32Array)
      const sliceable = (values: number[]) => of(Float64Array.from(values) as unknown as number[])
      const product = (rows: OperandCase, residual: OperandCase | null) =>
        opTests.linear.reference({ ...c, inputs: { x: rows, weight: inputs.weight, residual } })[0]
      const first = product(inputs.x!, null)
      const [softened] = opTests.softmax.reference({ ...c, inputs: { x: sliceable(first) } })
      return product(sliceable(softened), inputs.x).map((value, i) => value + first[i])
    }
    const dOutput = random.floats(T * width)
    const actual = gradientsOf(player, { program, weights, inputs: { x, weight }, output, constants: [] }, c, dOutput)
    for (const name of ['x', 'weight']) expectSlopes(actual[name], slopes(evaluate, c, name, dOutput), `d${name}`)
  })

  it('columns that nothing reads have a gradient of zeros', () => {
    const random = new Random(5)
    const [T, width] = [3, 8]
    const c: OpCase = {
      symbols: { T },
      inputs: { x: whole('T', 4 * width, random.floats(T * 4 * width)) },
      attributes: {},
    }
    const program = new Program('columns', storeOf({}, []))
    const x = program.input('x', 'T', 4 * width)
    const [output] = softmax(program, { x: x.columns(4)[1] })
    const evaluate = ({ x: given }: OpCase['inputs']) =>
      opTests.softmax.reference({ ...c, inputs: { x: { ...given!, width, column: width } } })[0]
    const dOutput = random.floats(T * width)
    const recorded = { program, weights: storeOf({}, []), inputs: { x }, output, constants: [] }
    const actual = gradientsOf(player, recorded, c, dOutput)
    expectSlopes(actual.x, slopes(evaluate, c, 'x', dOutput), 'dx')
    const unread = actual.x.filter((_, i) => Math.floor((i % (4 * width)) / width) !== 1)
    expect(unread.every((value) => value === 0)).toBe(true)
  })

  it('queries, keys and values may be columns of one tensor', () => {
    const random = new Random(3)
    const [T, width] = [9, 24]
    const attributes = { heads: 2, scale: 0.3, causal: true, every: 1, traced: false, dropout: 0.2, site: 4 }
    const spans = whole('B', 2, Int32Array.of(0, 4, 4, 9))
    const c: OpCase = {
      symbols: { T, B: 2 },
      inputs: {
        x: whole('T', 3 * width, random.floats(T * 3 * width)),
        sentences: spans,
        seed: whole(1, 1, Int32Array.of(99)),
      },
      attributes,
    }
    const program = new Program('columns', storeOf({}, []))
    const x = program.input('x', 'T', 3 * width)
    const sentences = program.input('sentences', 'B', 2, 'int32')
    const seed = program.input('seed', 1, 1, 'int32')
    const [q, k, v] = x.columns(3)
    const [output] = attention(program, { q, k, v, queries: sentences, keys: sentences, seed }, attributes)
    const evaluate = (inputs: OpCase['inputs']) => {
      const part = (i: number): OperandCase => ({ ...inputs.x!, width, column: i * width })
      const operands = { q: part(0), k: part(1), v: part(2), queries: spans, keys: spans, seed: inputs.seed }
      return opTests.attention.reference({ ...c, inputs: operands })[0]
    }
    const dOutput = random.floats(T * width)
    const recorded = { program, weights: storeOf({}, []), inputs: { x, sentences, seed }, output, constants: [] }
    const actual = gradientsOf(player, recorded, c, dOutput)
    expectSlopes(actual.x, slopes(evaluate, c, 'x', dOutput), 'dx')
  })
})
