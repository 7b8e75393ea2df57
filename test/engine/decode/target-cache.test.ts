import { expect, it } from 'vitest'
import { TargetCache } from '#dist/engine/decode/memory/target-cache.js'

/** A path of this many slots, each allocated separately; `live` are the ends of other paths. */
function grown(cache: TargetCache, length: number, live: readonly number[] = []): number {
  let end = -1
  for (let i = 0; i < length; i++) {
    if (!cache.has(1)) cache.reserve(1, [...live, end])
    end = cache.take(end)
  }
  return end
}

function pathTo(cache: TargetCache, end: number, length: number): number[] {
  const path = new Int32Array(length)
  cache.writePath(end, path, length)
  return [...path]
}

it('a path stays when the cache grows, and other paths take none of its slots', () => {
  const cache = new TargetCache(2, 4, (length) => new Float32Array(length))
  const { capacity } = cache.slab
  grown(cache, 300) // and is not used again
  const end = grown(cache, 50)
  const path = pathTo(cache, end, 50)
  expect(new Set(path).size).toBe(50)
  const other = grown(cache, 2 * capacity, [end])
  expect(cache.slab.capacity).toBeGreaterThan(2 * capacity)
  expect(pathTo(cache, end, 50)).toEqual(path)
  const slots = pathTo(cache, other, 2 * capacity)
  expect(new Set([...slots, ...path]).size).toBe(2 * capacity + 50)
})

it('slots of paths that are not live are reused', () => {
  const cache = new TargetCache(1, 4, (length) => new Float32Array(length))
  const { capacity } = cache.slab
  for (let i = 0; i < 20; i++) grown(cache, capacity / 4)
  expect(cache.slab.capacity).toBe(capacity)
})
