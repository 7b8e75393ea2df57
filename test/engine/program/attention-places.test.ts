import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { differentiate } from '#dist/engine/program/gradient.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { opTable } from '#dist/engine/program/op-table.js'
import { add } from '#dist/engine/program/ops/add.js'
import { attention } from '#dist/engine/program/ops/attention.js'
import { windows } from '#dist/engine/program/ops/windows.js'
import { Program } from '#dist/engine/program/program.js'
import { backends } from '../../backends.ts'
import { playCase } from './play-case.ts'
import { type OpCase, whole } from './random-operands.ts'

interface Golden {
  attributes: Record<'heads' | 'scale' | 'every', number> & { causal: boolean }
  inputs: Record<'q' | 'k' | 'v' | 'queries' | 'keys' | 'at' | 'dz', number[][]>
  outputs: { attended: number[][] }
  gradients: Record<'q' | 'k' | 'v', number[][]>
}

/** Masks of local and compressed attention as spans with `at` and `every`, by NumPy, which equals PyTorch's autograd. */
const golden = (name: string): Golden =>
  JSON.parse(readFileSync(new URL(`../../golden/papers/attention-${name}.json`, import.meta.url), 'utf8'))

const numbers = (rows: string, values: number[][]) => whole(rows, values[0].length, Float32Array.from(values.flat()))
const integers = (values: number[][]) => whole('B', values[0].length, Int32Array.from(values.flat()))

/** A mask as runs [begin, end) of the keys that each query sees, by NumPy. */
interface Masked {
  attributes: Record<'heads' | 'scale', number>
  inputs: Record<'q' | 'k' | 'v' | 'runs' | 'dz', number[][]>
  outputs: { attended: number[][] }
  gradients: Record<'q' | 'k' | 'v', number[][]>
}

/** The places at which each of `rows` rows is read, −1 after the last. */
function inverseOf(reads: readonly number[], rows: number) {
  const places = Array.from({ length: rows }, (_, row) => reads.flatMap((read, place) => (read === row ? [place] : [])))
  const most = Math.max(...places.map(({ length }) => length))
  return {
    most,
    values: Int32Array.from(places.flatMap((row) => Array.from({ length: most }, (_, m) => row[m] ?? -1))),
  }
}

/** Keys and values gathered for each query by `windows` of one row, which is a sentence of one query. */
function gathered({ attributes, inputs }: Masked) {
  const seen = inputs.runs.map((run) => {
    const pairs = Array.from({ length: run.length / 2 }, (_, i) => run.slice(2 * i, 2 * i + 2))
    return pairs.flatMap(([begin, end]) => Array.from({ length: end - begin }, (_, j) => begin + j))
  })
  const reads = seen.flat()
  const { most, values } = inverseOf(reads, inputs.k.length)
  const p = new Program('masked')
  const [q, dz, zeroQ] = ['q', 'dz', 'zero q'].map((name) => p.input(name, 'T', inputs.q[0].length))
  const [k, v, zeroK] = ['k', 'v', 'zero k'].map((name) => p.input(name, 'S', inputs.k[0].length))
  const [index, inverse] = [p.input('index', 'G', 1, 'int32'), p.input('inverse', 'S', most, 'int32')]
  const [queries, keys] = ['queries', 'keys'].map((name) => p.input(name, 'T', 2, 'int32'))
  const [gk, gv] = [k, v].map((x) => windows(p, { x, index, inverse })[0])
  const options = { ...attributes, causal: false, every: 1, traced: false, dropout: 0, site: 0 }
  const [attended] = attention(p, { q, k: gk, v: gv, queries, keys }, options)
  p.output(add(p, { a: attended, b: zeroQ })[0], 'result')
  const gradients = differentiate(p, [[attended, dz]])
  for (const [name, x] of Object.entries({ q, k, v }))
    p.output(add(p, { a: gradients.of(x)!, b: x === q ? zeroQ : zeroK })[0], `d${name}`)
  const [T, S] = [inputs.q.length, inputs.k.length]
  const float = (name: 'q' | 'k' | 'v' | 'dz') => Float32Array.from(inputs[name].flat())
  const room = (rows: number) => new Float32Array(rows * inputs.q[0].length)
  const ends = seen.map((_, i) => seen.slice(0, i + 1).flat().length)
  const arrays = {
    q: float('q'),
    k: float('k'),
    v: float('v'),
    dz: float('dz'),
    'zero q': room(T),
    'zero k': room(S),
    index: Int32Array.from(reads),
    inverse: values,
    queries: Int32Array.from(seen.flatMap((_, i) => [i, i + 1])),
    keys: Int32Array.from(ends.flatMap((end, i) => [end - seen[i].length, end])),
    result: room(T),
    dq: room(T),
    dk: room(S),
    dv: room(S),
  }
  return { program: p, symbols: { T, S, G: reads.length }, arrays }
}

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it.each(['at-local-causal', 'at-2d', 'every-3'])('%s: attention and its gradients equal the reference', (name) => {
    const { attributes, inputs, outputs, gradients } = golden(name)
    const c: OpCase = {
      symbols: { T: inputs.q.length, S: inputs.k.length, B: inputs.queries.length },
      inputs: {
        q: numbers('T', inputs.q),
        k: numbers('S', inputs.k),
        v: numbers('S', inputs.v),
        queries: integers(inputs.queries),
        keys: integers(inputs.keys),
        at: integers(inputs.at),
      },
      attributes: { ...attributes, dropout: 0, site: 0 },
    }
    const plain = { ...c, attributes: { ...c.attributes, traced: false } }
    const { attended } = playCase(player, opTable.get('attention')!, plain).arrays
    for (const [i, value] of outputs.attended.flat().entries()) expect(attended[i]).toBeCloseTo(value, 5)

    const made = playCase(player, opTable.get('attentionGradient')!, {
      ...c,
      inputs: { ...c.inputs, dz: numbers('T', inputs.dz) },
    }).arrays
    for (const operand of ['q', 'k', 'v'] as const)
      for (const [i, value] of gradients[operand].flat().entries())
        expect(made[`d${operand}`][i], `d${operand}[${i}]`).toBeCloseTo(value, 5)
  })

  it.each(['2d', 'compressed', 'local-both', 'local-causal', 'within-block'])(
    '%s: attention to gathered keys, with fold in its gradient, equals the mask of the reference',
    (name) => {
      const masked = golden(name) as unknown as Masked
      const { program, symbols, arrays } = gathered(masked)
      new LoadedProgram(player, program).play(symbols, arrays)
      for (const [i, value] of masked.outputs.attended.flat().entries()) expect(arrays.result[i]).toBeCloseTo(value, 5)
      for (const operand of ['q', 'k', 'v'] as const)
        for (const [i, value] of masked.gradients[operand].flat().entries())
          expect(arrays[`d${operand}`][i], `d${operand}[${i}]`).toBeCloseTo(value, 5)
    },
  )
})
