import { expect, test } from 'vitest'
import { readBatches } from '#dist/cli/lines/line-batches.js'

test('the first batches of an input are small, and later ones as large as a chunk', async () => {
  async function* input() {
    yield Buffer.from(`${'x'.repeat(99)}\n`.repeat(200))
  }
  const sizes: number[] = []
  for await (const { texts } of readBatches(input())) sizes.push(texts.length)
  expect(sizes.reduce((sum, size) => sum + size)).toBe(200)
  expect(sizes[0]).toBe(1)
  expect(Math.max(...sizes.slice(0, 3))).toBeLessThan(6)
  expect(Math.max(...sizes)).toBeGreaterThan(10)
})
