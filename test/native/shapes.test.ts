import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OperandSpec, ProgramSpec, TensorArray, TensorSpec } from '#dist/engine/backend/interface/backend.js'
import { listedWidth } from '#dist/engine/backend/interface/listed.js'
import { type AddonPlayer, loadAddon } from '#dist/engine/backend/native/addon.js'
import type { OpRow } from '#dist/engine/program/instructions/instruction.js'
import { optionalName } from '#dist/engine/program/instructions/op.js'
import { type Rows, Tensor } from '#dist/engine/program/instructions/tensor.js'
import { opTable } from '#dist/engine/program/op-table.js'
import { nativeReasons } from '../backends.ts'
import { opTests } from '../engine/program/op-tests.ts'
import { recordCase } from '../engine/program/play-case.ts'
import { type OpCase, Random } from '../engine/program/random-operands.ts'
import { ops, refusal } from './tiny-program.ts'

/** A shape to be given to an operand; null: the operand is left out. */
type Shape = { rows: Rows; width: number } | null

/** Candidate shapes besides that of an operand. A symbol of its own is any number of rows. */
function othersThan({ rows, width }: { rows: Rows; width: number }, optional: boolean): Shape[] {
  const more = typeof rows === 'number' ? [{ rows: rows + 1, width }] : []
  const less = width > 1 ? [{ rows, width: width - 1 }] : []
  return [{ rows: 'Other', width }, ...more, { rows, width: width + 1 }, ...less, ...(optional ? [null] : [])]
}

/** Random cases of an op whose operands are all tensors of their own, some of them without optional operands. */
const casesOf = ({ name }: OpRow): OpCase[] => {
  const cases = Array.from({ length: 12 }, (_, seed) => opTests[name].case(new Random(seed)))
  for (const { inputs } of cases)
    for (const operand of Object.values(inputs))
      if (operand) Object.assign(operand, { column: 0, baseWidth: operand.width })
  return cases
}

/**
 * Checks of the addon before a run: the rows of attention's weights are pairs, and lists are as wide as a packed
 * weight.
 */
const isSeenAtPlay = ({ name, width }: Tensor, shape: Shape) =>
  (name === 'weights' && shape?.width === width) || (name === 'listed' && shape?.width !== width)

/** Whether the op table has an instruction with these operands: its inputs, with these outputs. */
function isOfTable(row: OpRow, attributes: OpCase['attributes'], inputs: (Tensor | null)[], outputs: Shape[]): boolean {
  const named = Object.fromEntries(row.inputs.map((name, i) => [optionalName(name), inputs[i]]))
  if (row.inputs.some((name, i) => name === optionalName(name) && !inputs[i])) return false
  try {
    const rules = row.shapes(named as never, attributes as never)
    return rules.every(({ rows, width }, i) => rows === outputs[i]?.rows && width === outputs[i].width)
  } catch {
    return false
  }
}

/** Gives an operand of a program, which no other shares, another shape. */
function reshape(spec: ProgramSpec, operand: OperandSpec, shape: Shape): void {
  if (!shape) {
    operand.tensor = -1
    return
  }
  const symbol = typeof shape.rows === 'number' ? -1 : spec.symbols.indexOf(shape.rows)
  const rows = typeof shape.rows === 'number' ? shape.rows : 0
  Object.assign(spec.tensors[operand.tensor], { symbol, rows, width: shape.width })
  operand.width = shape.width
}

/**
 * The TypeScript that records programs checks shapes too, but a program that reaches the addon need not come from it.
 */
describe.skipIf(nativeReasons.length)('the addon', () => {
  let player: AddonPlayer
  beforeAll(() => {
    player = new (loadAddon(ops).addon.Player)({ threads: 1 })
  })
  afterAll(() => player?.close())

  it.each([...opTable.values()])('refuses every shape of an operand of $name that the op table refuses', (row) => {
    for (const opCase of casesOf(row)) {
      const { program, outputs } = recordCase(row, opCase)
      for (const output of outputs) program.output(output)
      const { inputs } = program.instructions[0]
      const operands = [...inputs, ...outputs]
      const text = JSON.stringify(program.compile())
      operands.forEach((operand, place) => {
        if (!operand) return
        for (const shape of othersThan(operand, row.inputs[place]?.endsWith('?') ?? false)) {
          const changed = operands.with(place, shape && new Tensor('bound', 'changed', shape, operand.dtype))
          const [taken, left] = [changed.slice(0, inputs.length), changed.slice(inputs.length) as Shape[]]
          if (isSeenAtPlay(operand, shape) || isOfTable(row, opCase.attributes, taken, left)) continue
          const spec = JSON.parse(text) as ProgramSpec
          spec.symbols.push('Other')
          spec.regions.unshift(0)
          const { inputs: given, outputs: made } = spec.instructions[0]
          reshape(spec, [...given, ...made][place], shape)
          const what = `${operand} as ${shape ? `[${shape.rows}, ${shape.width}]` : 'none'}`
          expect(
            refusal(() => player.compile(spec, new Float32Array(0))),
            what,
          ).toEqual({
            code: 'ERR_SHAPE',
            message: expect.stringContaining(`${row.name}, instruction 0 (${row.name}): `),
          })
        }
      })
    }
  })

  const outOfRange: [op: string, attribute: string, value: number, message: RegExp][] = [
    ['attention', 'traced', 1, /weights are an output if and only if they are asked for/],
    ['attention', 'dropout', 1, /the rate of dropout must be from 0 to below 1/],
    ['dropout', 'rate', -0.1, /the rate of dropout must be from 0 to below 1/],
    ['crossEntropy', 'smoothing', 1, /smoothing must be from 0 to below 1/],
    ['crossEntropyGradient', 'smoothing', -0.1, /smoothing must be from 0 to below 1/],
    ['distillation', 'temperature', 0, /the temperature must be above 0/],
    ['distillation', 'share', 1.5, /the share must be from 0 to 1/],
    ['distillationGradient', 'share', -0.5, /the share must be from 0 to 1/],
  ]
  it.each(outOfRange)('refuses %s whose %s is %f', (op, attribute, value, message) => {
    const row = opTable.get(op)!
    const spec = compiled(row, casesOf(row).find(({ attributes }) => !attributes.traced)!)
    spec.instructions[0].attributes[Object.keys(row.attributes).indexOf(attribute)] = value
    const refused = refusal(() => player.compile(spec, new Float32Array(0)))
    expect(refused).toEqual({ code: 'ERR_SHAPE', message: expect.stringMatching(message) })
  })

  it.each([
    ['candidates', 'weight', /weight must have constant rows, at least one/],
    ['crossEntropy', 'weight', /weight must have constant rows, at least one/],
    ['adafactor', 'parameters', /parameters must have a constant number of rows/],
  ])('refuses %s whose %s has no rows', (op, name, message) => {
    const row = opTable.get(op)!
    const spec = compiled(row, casesOf(row)[0])
    spec.tensors.find((tensor) => tensor.name === name)!.rows = 0
    expect(refusal(() => player.compile(spec, new Float32Array(0))).message).toMatch(message)
  })

  it('refuses more distances than its kernels count, and gradients of missing tables', () => {
    const row = opTable.get('attentionGradient')!
    const opCase = casesOf(row).find(({ inputs }) => inputs.relativeKeys)!
    const messageFor = (rows: number, gradients: number) => {
      const spec = compiled(row, opCase)
      for (const [name, count] of Object.entries({ relative: rows, dRelative: gradients }))
        for (const tensor of spec.tensors) if (tensor.name.startsWith(name)) tensor.rows = count
      return refusal(() => player.compile(spec, new Float32Array(0))).message
    }
    expect(messageFor(65535, 65535)).toBe('')
    expect(messageFor(65537, 65537)).toMatch(/relative keys have too many rows/)
    expect(messageFor(5, 7)).toMatch(/relative keys and their gradient differ in rows/)
  })

  it('refuses, before a run, lists that are not as wide as their weight, and packed ones that do not lie side by side', () => {
    const row = opTable.get('listedCandidates')!
    const opCase = casesOf(row).find(({ symbols }) => symbols.L > 0)!
    const { inputs, symbols } = opCase
    const messageFor = (change: (listed: TensorSpec, operand: OperandSpec, weight: TensorSpec) => void) => {
      const spec = compiled(row, opCase)
      const { tensors, instructions } = spec
      const operand = instructions[0].inputs[5]
      const listed = tensors[operand.tensor]
      change(listed, operand, tensors[instructions[0].inputs[1].tensor])
      const made: Record<string, TensorArray> = {
        listed: new Float32Array(symbols.L * listed.width),
        scores: new Float32Array(symbols.C),
        ids: new Int32Array(symbols.C),
      }
      const arrays = spec.bindings.map(({ name }) => made[name] ?? inputs[name]!.data)
      const rows = Float64Array.from(spec.symbols, (symbol) => symbols[symbol])
      const id = player.compile(spec, new Float32Array(2 ** 20))
      return refusal(() => player.play(id, rows, 1, undefined, ...arrays)).message
    }
    const { width } = inputs.weight!
    expect(messageFor((listed, operand) => Object.assign(listed, { width: ++operand.width }))).toMatch(
      new RegExp(`listed must be ${width} wide`),
    )
    const pack = (listed: TensorSpec, operand: OperandSpec, weight: TensorSpec, apart: number) => {
      Object.assign(weight, { kind: 'weight', encoding: 'int8', offset: 0 })
      operand.width = listedWidth('int8', width)
      listed.width = operand.width + apart
    }
    expect(messageFor((...tensors) => pack(...tensors, 0))).toBe('')
    expect(messageFor((...tensors) => pack(...tensors, 1))).toMatch(/rows of listed must lie side by side/)
  })
})

/** The program of a case, in JSON form. */
function compiled(row: OpRow, opCase: OpCase): ProgramSpec {
  const { program, outputs } = recordCase(row, opCase)
  for (const output of outputs) program.output(output)
  return JSON.parse(JSON.stringify(program.compile()))
}
