import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { extend, type Hypothesis, startHypothesis } from '#dist/engine/decode/hypotheses/hypothesis.js'
import type { RowRange } from '#dist/engine/decode/memory/row-allocator.js'
import { SourceMemory } from '#dist/engine/decode/memory/source-memory.js'
import { TargetCache } from '#dist/engine/decode/memory/target-cache.js'

const floats = (length: number) => new Float32Array(length)

describe('the memory of sources', () => {
  it('never gives a row to two sentences, and uses all rows', () => {
    const action = fc.record({ length: fc.integer({ min: 1, max: 300 }), release: fc.nat() })
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const memory = new SourceMemory(1, 2, floats)
        const taken: RowRange[] = []
        for (const { length, release } of actions) {
          if (release % 2 && taken.length) memory.release(taken.splice(release % taken.length, 1)[0])
          taken.push(memory.take(length))
          expect(taken.at(-1)!.length).toBe(length)
          const sorted = [...taken].sort((a, b) => a.begin - b.begin)
          sorted.forEach(({ begin }, i) => {
            expect(begin).toBeGreaterThanOrEqual(i ? sorted[i - 1].begin + sorted[i - 1].length : 0)
          })
          expect(sorted.at(-1)!.begin + sorted.at(-1)!.length).toBeLessThanOrEqual(memory.slab.capacity)
          expect(memory.slab.layers[0]).toHaveLength(2 * memory.slab.capacity)
        }
      }),
    )
  })

  it('reuses released rows, so that it does not grow', () => {
    const memory = new SourceMemory(1, 1, floats)
    const { capacity } = memory.slab
    for (let i = 0; i < 1000; i++) {
      const places = [memory.take(1 + (i % 97)), memory.take(1 + (i % 31)), memory.take(5)]
      for (const place of places) memory.release(place)
    }
    expect(memory.take(capacity)).toEqual({ begin: 0, length: capacity })
    expect(memory.slab.capacity).toBe(capacity)
  })

  it('keeps its values when it grows', () => {
    const memory = new SourceMemory(2, 3, floats)
    const place = memory.take(7)
    memory.slab.layers[1].fill(5, 3 * place.begin, 3 * (place.begin + place.length))
    memory.take(memory.slab.capacity)
    expect([...memory.slab.layers[1].subarray(3 * place.begin, 3 * (place.begin + place.length))]).toEqual(
      Array(21).fill(5),
    )
  })
})

describe('the cache of targets', () => {
  /** Beams that live on, die and branch at random; each step of each beam has its own slot. */
  function grow(cache: TargetCache, beams: Hypothesis[], choices: readonly number[]): Hypothesis[] {
    cache.reserve(
      beams.length,
      beams.flatMap(({ parent }) => (parent ? [parent.slot] : [])),
    )
    const used = new Set<number>()
    for (const beam of beams)
      for (let h: Hypothesis | null = beam.parent; h && !used.has(h.slot); h = h.parent) used.add(h.slot)
    for (const beam of beams) {
      beam.slot = cache.take(beam.parent ? beam.parent.slot : -1)
      expect(used).not.toContain(beam.slot)
      expect(beam.slot).toBeLessThan(cache.slab.capacity)
      used.add(beam.slot)
    }
    for (const beam of beams) {
      const path: number[] = []
      for (let h: Hypothesis | null = beam; h; h = h.parent) path.unshift(h.slot)
      const written = new Int32Array(path.length + 1).fill(-7)
      cache.writePath(beam.slot, written, path.length)
      expect([...written]).toEqual([...path, -7])
    }
    return beams.map((_, i) => extend(beams[choices[i % choices.length] % beams.length], i, 0))
  }

  it('never gives out a slot that a live hypothesis looks back at, knows the paths to all, and does not grow forever', () => {
    const choices = fc.array(fc.array(fc.nat(7), { minLength: 8, maxLength: 8 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(choices, (lists) => {
        const cache = new TargetCache(1, 1, floats)
        const start = cache.slab.capacity
        let beams = Array.from({ length: 8 }, () => startHypothesis(1))
        for (let step = 0; step < 400; step++) {
          // A sentence of 100 tokens ends, and another begins.
          if (step % 100 === 0) beams = Array.from({ length: 8 }, () => startHypothesis(1))
          beams = grow(cache, beams, lists[step % lists.length])
        }
        expect(cache.slab.capacity).toBeLessThanOrEqual(4 * start)
      }),
      { numRuns: 30 },
    )
  })

  it('reuses few slots for sentences one after the other', () => {
    const cache = new TargetCache(1, 1, floats)
    const slots = new Set<number>()
    for (let sentence = 0; sentence < 30; sentence++) {
      let beams = [startHypothesis(1)]
      for (let step = 0; step < 20; step++) {
        beams = grow(cache, beams, [0])
        slots.add(beams[0].parent!.slot)
      }
    }
    expect(slots.size).toBeLessThanOrEqual(2 * 20 + 4)
  })
})
