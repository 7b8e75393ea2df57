import { describe, expect, it } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { flopsOf } from '#dist/engine/program/listing.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { add } from '#dist/engine/program/ops/add.js'
import { linear } from '#dist/engine/program/ops/linear.js'
import { softmax } from '#dist/engine/program/ops/softmax.js'
import { writeCache } from '#dist/engine/program/ops/write-cache.js'
import { planMemory } from '#dist/engine/program/plan.js'
import { Program } from '#dist/engine/program/program.js'

/** x → x + x → … , `depth` times, with rows S and width 8. */
function chain(depth: number): Program {
  const p = new Program('chain')
  let x = p.input('x', 'S', 8)
  for (let i = 0; i < depth; i++) [x] = add(p, { a: x, b: x })
  p.output(x, 'y')
  return p
}

describe('the memory plan', () => {
  it('needs no more for a long chain than for a short one', () => {
    expect(planMemory(chain(20).instructions).regions).toEqual(planMemory(chain(4).instructions).regions)
  })

  it('never lets an output overlap a tensor that is still to be read', () => {
    const p = new Program('live')
    const x = p.input('x', 'S', 4)
    const [a] = add(p, { a: x, b: x })
    const [b] = softmax(p, { x: a })
    const [c] = add(p, { a: b, b: a })
    p.output(add(p, { a: c, b: a })[0], 'y')
    const { offsets } = planMemory(p.instructions)
    for (const [t, u] of [
      [a, b],
      [a, c],
      [b, c],
    ])
      expect(Math.abs(offsets.get(t)! - offsets.get(u)!)).toBeGreaterThanOrEqual(4)
  })

  it('is made once and is valid for every number of rows', () => {
    const program = new LoadedProgram(new JsPlayer(), chain(5))
    for (const S of [0, 1, 7, 300]) {
      const y = new Float32Array(S * 8)
      program.play({ S }, { x: new Float32Array(S * 8).fill(1), y })
      expect(y).toEqual(new Float32Array(S * 8).fill(32))
    }
  })
})

describe('recording', () => {
  it('refuses shapes that do not fit, with the op and the tensors', () => {
    const p = new Program('wrong')
    const x = p.input('x', 'S', 8)
    expect(() => add(p, { a: x, b: p.input('b', 'S', 4) })).toThrow(/add: x \[S, 8\] and b \[S, 4\] differ in shape/)
    expect(() => linear(p, { x, weight: p.input('w', 3, 7) }, { activation: 'none', scale: 1 })).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE' }),
    )
    expect(() => p.weight('nowhere')).toThrow(/nowhere/)
  })

  it('refuses to write to an unbound tensor', () => {
    const p = new Program('wrong')
    const inputs = { x: p.input('x', 'S', 8), slots: p.input('slots', 'S', 1, 'int32') }
    expect(() => writeCache(p, { ...inputs, cache: p.planned('cache', 'K', 8) })).toThrow(
      /writeCache: cache is written to and must be bound, cache \[K, 8\] is not/,
    )
    writeCache(p, { ...inputs, cache: p.input('bound', 'K', 8) })
  })

  it('names tensors by the open module path', () => {
    const p = new Program('names')
    const x = p.input('x', 'S', 8)
    const [y] = p.within('encoder', () => p.within('0', () => add(p, { a: x, b: x })))
    expect(y.name).toBe('encoder.0.sum')
    expect(p.find('encoder.0.sum')).toBe(y)
  })

  it('counts the columns of a view of a view from those of the view', () => {
    const x = new Program('views').input('x', 'S', 8)
    expect(String(x.slice(2, 7).slice(1, 3))).toBe('x[3:5] [S, 2]')
    expect(x.slice(4, 8).columns(2).map(String)).toEqual(['x[4:6] [S, 2]', 'x[6:8] [S, 2]'])
    expect(() => x.slice(2, 7).slice(1, 6)).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }))
  })

  it('makes an output of a tensor of which others read some columns', () => {
    const p = new Program('columns')
    const x = p.input('x', 'S', 4)
    const [sum] = add(p, { a: x, b: x })
    const [left, right] = sum.columns(2)
    const [y] = add(p, { a: left, b: right })
    p.output(sum, 'sum')
    p.output(y, 'y')
    const arrays = { x: Float32Array.of(1, 2, 3, 4), sum: new Float32Array(4), y: new Float32Array(2) }
    new LoadedProgram(new JsPlayer(), p).play({ S: 1 }, arrays)
    expect([...arrays.sum, ...arrays.y]).toEqual([2, 4, 6, 8, 8, 12])
  })

  it('names the bindings that a run lacks', () => {
    const program = new LoadedProgram(new JsPlayer(), chain(1))
    expect(() => program.play({}, { x: new Float32Array(8), y: new Float32Array(8) })).toThrow(/no rows given for S/)
    expect(() => program.play({ S: 1 }, { x: new Float32Array(8) })).toThrow(/no array given for y/)
  })

  it('runs over the given record of arrays, after other records and after one that lacked an array', () => {
    const program = new LoadedProgram(new JsPlayer(), chain(1))
    const [first, second] = [1, 5].map((value) => ({ x: new Float32Array(8).fill(value), y: new Float32Array(8) }))
    for (const arrays of [first, first, second, first]) {
      arrays.y.fill(0)
      program.play({ S: 1 }, arrays)
      expect(arrays.y).toEqual(arrays.x.map((value) => 2 * value))
      expect(() => program.play({ S: 1 }, { x: second.x } as never)).toThrow(/no array given for y/)
    }
  })
})

describe('the listing', () => {
  const p = new Program('little')
  const x = p.input('x', 'S', 8)
  const [h] = p.within('inner', () => linear(p, { x, weight: p.input('w', 16, 8) }, { activation: 'relu', scale: 1 }))
  p.output(softmax(p, { x: h })[0], 'y')

  it('has a line for each instruction with op, operands, shapes, attributes and cost', () => {
    const lines = p.toString().split('\n')
    expect(lines[0]).toBe('little · 2 instructions')
    expect(lines[1]).toMatch(/^0 {2}linear +x, w +→ inner\.out \[S, 16\] +relu +256 FLOP \/ row of S$/)
    expect(lines[2]).toMatch(/^1 {2}softmax +inner\.out +→ y \[S, 16\]/)
    expect(lines.at(-1)).toMatch(/^total: 336 FLOP a row of S$/)
  })

  it('has the numbers of a run once it is bound', () => {
    const bound = { rows: { S: 10 }, times: [1e-6, 1e-6] }
    expect(flopsOf(p.instructions[0], bound)).toBe(2560)
    expect(p.toString(bound)).toMatch(/linear .*inner\.out \[10, 16\].*2\.56 kFLOP +1 µs +2\.56 GFLOP\/s/)
  })

  it('shows how much of the time reads how many bytes of weights, and how fast', () => {
    const times = [3e-6, 1e-6]
    const ofWeights = '3 µs (75 %) of it in what reads 512 B of weights, 171 MB/s'
    expect(p.toString({ rows: { S: 10 }, times })).toMatch(`total: 3.36 kFLOP in 4 µs, ${ofWeights}`)
  })

  it('measures every instruction', () => {
    const times = new LoadedProgram(new JsPlayer(), p).profile(
      { S: 3 },
      { x: new Float32Array(24), w: new Float32Array(128), y: new Float32Array(48) },
    )
    expect(times).toHaveLength(2)
    for (const time of times) expect(time).toBeGreaterThan(0)
  })
})
