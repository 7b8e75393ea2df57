import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arrayTypes, type ProgramSpec } from '#dist/engine/backend/interface/backend.js'
import { type AddonPlayer, loadAddon } from '#dist/engine/backend/native/addon.js'
import type { OpRow } from '#dist/engine/program/instructions/instruction.js'
import { opTable } from '#dist/engine/program/op-table.js'
import { attention } from '#dist/engine/program/ops/attention.js'
import { Program } from '#dist/engine/program/program.js'
import { nativeReasons } from '../backends.ts'
import { opTests } from '../engine/program/op-tests.ts'
import { recordCase } from '../engine/program/play-case.ts'
import { type OpCase, Random } from '../engine/program/random-operands.ts'
import { type Damages, damage, damages } from './damaged-programs.ts'
import { ops, refusal, type TinyCall, tinyCall, tinyProgram, tinyWeights } from './tiny-program.ts'

const store = tinyWeights()
/** A number of rows of 16 such that their values fit the store, but the padding of their last panel does not. */
const lastPanel = Math.floor(store.values.length / 256) * 16 + 1
const text = JSON.stringify(tinyProgram(store))
const fresh = () => JSON.parse(text) as ProgramSpec

describe.skipIf(nativeReasons.length)('a program is refused with ERR_SHAPE, its name and its op', () => {
  let player: AddonPlayer
  beforeAll(() => {
    player = new (loadAddon(ops).addon.Player)({ threads: 1 })
  })
  afterAll(() => player?.close())

  const rows: [what: string, damage: (spec: ProgramSpec) => void, message: RegExp][] = [
    ['an unknown op', (s) => (s.instructions[2].op = 'fourier'), /instruction 2 \(fourier\): there is no such op/],
    [
      'a missing input',
      (s) => (s.instructions[1].inputs[0].tensor = -1),
      /instruction 1 \(linear\): input x is missing/,
    ],
    ['too few inputs', (s) => s.instructions[1].inputs.pop(), /instruction 1 \(linear\): 3 inputs instead of 4/],
    [
      'too many outputs',
      (s) => s.instructions[1].outputs.push(s.instructions[1].outputs[0]),
      /instruction 1 \(linear\): too many outputs/,
    ],
    ['too few outputs', (s) => s.instructions[5].outputs.pop(), /instruction 5 \(candidates\): an output is missing/],
    ['a tensor that is not there', (s) => (s.instructions[0].inputs[1].tensor = 99), /input tokens is no tensor/],
    ['columns past the width', (s) => (s.instructions[2].inputs[0].width = 73), /input q has columns outside of/],
    ['a negative column', (s) => (s.instructions[2].inputs[0].column = -1), /input q has columns outside of/],
    ['widths that differ', (s) => (s.instructions[1].inputs[0].width = 23), /x and weight differ in width/],
    ['a wrong dtype', (s) => swapInputs(s, 0, 0, 1), /instruction 0 \(embed\): input table has the wrong dtype/],
    ['a dtype that is not there', (s) => (planned(s).dtype = 'f16' as never), /a tensor cannot have the dtype 'f16'/],
    [
      'a weight in bf16',
      (s) => (weight(s, 'out').dtype = 'bfloat16'),
      /tensor out: only what is bound can be of dtype bfloat16/,
    ],
    ['a planned tensor in bf16', (s) => (planned(s).dtype = 'bfloat16'), /only what is bound can be of dtype bfloat16/],
    ['bf16 where float32 is read', (s) => (bound(s, 'values').dtype = 'bfloat16'), /input values has the wrong dtype/],
    ['an output in bf16', (s) => (bound(s, 'normed').dtype = 'bfloat16'), /output normed has the wrong dtype/],
    ['heads that do not divide', (s) => (s.instructions[2].attributes[0] = 5), /cannot be cut into heads/],
    ['no heads', (s) => (s.instructions[2].attributes[0] = 0), /attribute heads cannot be 0/],
    ['an infinite scale', (s) => (s.instructions[2].attributes[1] = Infinity), /attribute scale cannot be inf/],
    [
      'an activation that is not there',
      (s) => (s.instructions[1].attributes[0] = 9),
      /attribute activation cannot be 9/,
    ],
    ['a missing attribute', (s) => s.instructions[1].attributes.pop(), /a wrong number of attributes/],
    [
      'weights past the store',
      (s) => (weight(s, 'embedding').offset = 1e6),
      /tensor embedding: it ends past the last weight/,
    ],
    [
      'an encoding that is not there',
      (s) => (weight(s, 'out').encoding = 'int2' as never),
      /a tensor cannot have the encoding 'int2'/,
    ],
    [
      'an encoded weight where it cannot be read',
      (s) => Object.assign(weight(s, 'gamma'), { encoding: 'int8', offset: 0 }),
      /instruction 4 \(layerNorm\): input gamma cannot be the encoded weight gamma/,
    ],
    [
      'some columns of an encoded weight',
      (s) => {
        Object.assign(weight(s, 'queryKeyValue'), { encoding: 'bfloat16', offset: 0, width: 40 })
      },
      /input weight must be all columns of the encoded weight queryKeyValue/,
    ],
    [
      'an encoded weight past the store',
      (s) => Object.assign(weight(s, 'positions'), { encoding: 'int8', rows: 60000, offset: 0 }),
      /tensor positions: it ends past the last weight/,
    ],
    [
      'panels whose last one ends past the store',
      (s) => Object.assign(weight(s, 'out'), { encoding: 'float32panels', rows: lastPanel, width: 16, offset: 0 }),
      /tensor out: it ends past the last weight/,
    ],
    [
      'an encoded weight inside a cache line',
      (s) => Object.assign(weight(s, 'out'), { encoding: 'int8', offset: 24 }),
      /tensor out: it begins inside a cache line/,
    ],
    [
      'an int8 weight so wide that its sums overflow',
      (s) => Object.assign(weight(s, 'out'), { encoding: 'int8', rows: 1, width: 132105, offset: 0 }),
      /tensor out: int8 and int4 weights are at most 132104 wide, take another encoding/,
    ],
    ['an encoded tensor that is no weight', (s) => (planned(s).encoding = 'int8'), /only a weight can be encoded/],
    ['an offset past its region', (s) => (planned(s).offset = 1e6), /it ends past its region/],
    ['an offset that is no integer', (s) => (planned(s).offset = 0.5), /offset must be an integer, not 0.5/],
    ['a negative offset', (s) => (planned(s).offset = -1), /offset is out of range/],
    [
      'sizes whose product overflows',
      (s) => Object.assign(weight(s, 'out'), { rows: 2 ** 31 - 1, width: 2 ** 31 - 1 }),
      /tensor out: it is too large/,
    ],
    [
      'a weight of integers',
      (s) => (weight(s, 'out').dtype = 'int32'),
      /tensor out: a weight is float32 with constant rows/,
    ],
    ['a weight with rows of a play', (s) => (weight(s, 'out').symbol = 0), /tensor out: a weight is float32 with/],
    ['fewer rows than none', (s) => (weight(s, 'out').rows = -1), /tensor out: rows are out of range/],
    ['no columns', (s) => (weight(s, 'out').width = 0), /tensor out: width is out of range/],
    ['a start before its array', (s) => (bound(s, 'normed').start = -1), /tensor normed: start is out of range/],
    ['a start of what is no array', (s) => (planned(s).start = 1), /start is out of range/],
    ['a region of less than nothing', (s) => (s.regions[0] = -1), /tiny: a region of -1 floats/],
    ['caches of less than nothing', (s) => (s.cachedFloats = -1), /tiny: cachedFloats is out of range/],
    ['integers that the program computes', computesTokens, /input tokens must be bound and not written/],
    ['a symbol that is not there', (s) => (planned(s).symbol = 40), /no such symbol/],
    ['a region too few', (s) => s.regions.pop(), /one region for each symbol/],
    ['a binding that is not there', (s) => s.bindings.pop(), /there is no such binding/],
    [
      'an output that may not be written',
      (s) => s.bindings.forEach((b) => (b.written = false)),
      /would write to normed/,
    ],
    [
      'an output among the weights',
      (s) => (s.instructions[1].outputs[0] = s.instructions[1].inputs[1]),
      /would write to the weight queryKeyValue/,
    ],
    [
      'integers that the program writes',
      (s) => s.bindings.forEach((b) => (b.written = true)),
      /input tokens must be bound and not written/,
    ],
    ['an unknown kind', (s) => (planned(s).kind = 'else' as never), /cannot be of kind 'else'/],
  ]
  it.each(rows)('%s', (_, change, message) => {
    const spec = fresh()
    change(spec)
    const refused = refusal(() => player.compile(spec, store.values))
    expect(refused.message).toMatch(message)
    expect(refused.code).toBe('ERR_SHAPE')
  })

  /** Attention over a bound cache, which is damaged to be in bfloat16: TypeScript would not record it. */
  it.each([
    ['causal', { causal: true }, ['k', 'v']],
    ['weights', { traced: true }, ['k', 'v']],
    ['dropout', { dropout: 0.1 }, ['k', 'v']],
    ['relative keys', {}, ['k', 'v'], 5],
  ])('attention over bf16 with %s', (_, attributes, names, distances = 0) => {
    expect(refusal(() => player.compile(overCache(attributes, names, distances), store.values))).toEqual({
      code: 'ERR_SHAPE',
      message:
        'cached, instruction 0 (attention): keys in bfloat16 are attended to without causal, weights, dropout, relative keys and bias',
    })
  })

  it('keys in bfloat16 and values in float32, and bf16 tensors of integers', () => {
    expect(refusal(() => player.compile(overCache({}, ['k']), store.values)).message).toMatch(/k and v differ in dtype/)
    expect(refusal(() => player.compile(overCache({}, ['keys']), store.values)).message).toMatch(
      /input keys has the wrong dtype/,
    )
    expect(refusal(() => player.compile(overCache({}, ['k', 'v']), store.values)).code).toBe('nothing was thrown')
  })

  it('values that are not programs at all', () => {
    for (const value of [
      undefined,
      null,
      3,
      'x',
      [],
      {},
      { ...fresh(), tensors: [null] },
      { ...fresh(), symbols: [1] },
    ])
      expect(refusal(() => player.compile(value as never, store.values)).code).toBe('ERR_SHAPE')
    const part = (change: object) => ({ ...fresh(), ...change })
    for (const value of [
      part({ tensors: [{ ...planned(fresh()), rows: '4' }] }),
      part({ tensors: [{ ...planned(fresh()), rows: 2 ** 60 }] }),
      part({ tensors: {} }),
      part({ bindings: [{ name: 'tokens', written: 1 }] }),
      part({ instructions: [{ ...fresh().instructions[1], attributes: ['1', 1] }] }),
    ])
      expect(refusal(() => player.compile(value as never, store.values)).message).toMatch(/must be/)
    for (const weights of [
      undefined,
      null,
      [],
      new Float64Array(4),
      new Int32Array(4),
      new DataView(new ArrayBuffer(8)),
    ])
      expect(refusal(() => player.compile(fresh(), weights as never)).code).toBe('ERR_SHAPE')
  })

  it('passes on the error that a getter throws', () => {
    const spec = Object.defineProperty(fresh(), 'tensors', {
      get: () => {
        throw new RangeError('from a getter')
      },
    })
    expect(() => player.compile(spec, store.values)).toThrow(new RangeError('from a getter'))
  })

  /** Damages a program, and runs it if it still compiles. */
  function playDamaged(spec: ProgramSpec, list: Damages, call: Call): void {
    damage(spec, list)
    try {
      player.play(player.compile(spec, store.values), call.rows, 1, undefined, ...call.arrays)
    } catch (error) {
      // ERR_MEMORY if the change makes the arena too large.
      expect(['ERR_SHAPE', 'ERR_MEMORY']).toContain((error as { code: string }).code)
    }
  }

  it('any damage: refused with a code, or run without harm', () => {
    fc.assert(
      fc.property(damages, (list) => playDamaged(fresh(), list, tinyCall(fresh(), 3, 5))),
      { numRuns: 4000 },
    )
  })

  it.each([...opTable.values()])('any damage to a program of $name alone', (row) => {
    fc.assert(
      fc.property(fc.integer(), damages, (seed, list) => {
        const { spec, call } = programOf(row, opTests[row.name].case(new Random(seed)))
        playDamaged(spec, list, call)
      }),
      { numRuns: 40 },
    )
  })
})

type Call = Pick<TinyCall, 'rows' | 'arrays'>

/** The program of a case, with an array for each of its outputs. */
function programOf(row: OpRow, opCase: OpCase): { spec: ProgramSpec; call: Call } {
  const { program, arrays, outputs } = recordCase(row, opCase)
  const { symbols } = opCase
  for (const tensor of outputs) {
    const { name, rows, width, dtype } = program.output(tensor)
    arrays[name] = new arrayTypes[dtype]((typeof rows === 'number' ? rows : symbols[rows]) * width)
  }
  const spec = JSON.parse(JSON.stringify(program.compile())) as ProgramSpec
  return {
    spec,
    call: {
      rows: Float64Array.from(spec.symbols, (symbol) => symbols[symbol]),
      arrays: spec.bindings.map(({ name }) => arrays[name]),
    },
  }
}

/** A program of a single attention, with the tensors of these names in bf16. */
function overCache(
  attributes: Partial<Parameters<typeof attention>[2]>,
  names: readonly string[],
  distances = 0,
): ProgramSpec {
  const p = new Program('cached')
  const [q, k, v] = ['q', 'k', 'v'].map((name) => p.input(name, name === 'q' ? 'T' : 'M', 8))
  const [queries, keys] = ['queries', 'keys'].map((name) => p.input(name, 'B', 2, 'int32'))
  const seed = p.input('seed', 1, 1, 'int32')
  const relative = distances
    ? { relativeKeys: p.input('aK', distances, 4), relativeValues: p.input('aV', distances, 4) }
    : {}
  const step = { heads: 2, scale: 1, causal: false, every: 1, traced: false, dropout: 0, site: 0 }
  attention(p, { q, k, v, queries, keys, seed, ...relative }, { ...step, ...attributes })
  const spec = JSON.parse(JSON.stringify(p.compile())) as ProgramSpec
  for (const tensor of spec.tensors) if (names.includes(tensor.name)) tensor.dtype = 'bfloat16'
  return spec
}

const weight = (spec: ProgramSpec, name: string) => spec.tensors.find((t) => t.kind === 'weight' && t.name === name)!
const bound = (spec: ProgramSpec, name: string) => spec.tensors.find((t) => t.kind === 'bound' && t.name === name)!
const planned = (spec: ProgramSpec) => spec.tensors.find((t) => t.kind === 'planned')!

/** Tokens that stand in the arena. */
function computesTokens(spec: ProgramSpec): void {
  const tokens = spec.instructions[0].inputs[1]
  tokens.tensor = spec.tensors.push({ ...planned(spec), dtype: 'int32', width: 1, offset: 0 }) - 1
}

function swapInputs(spec: ProgramSpec, instruction: number, a: number, b: number): void {
  const { inputs } = spec.instructions[instruction]
  ;[inputs[a], inputs[b]] = [inputs[b], inputs[a]]
}
