import { expect, test } from 'vitest'
import { partOf } from '../../bench/harness/onednn.ts'

test('the parts of a product have all its rows, and every output once', () => {
  const product = { rows: 20, inputs: 256, outputs: 8001, weight: 3 }
  const parts = [0, 1].map((thread) => partOf(product, thread, 2))
  expect(parts).toEqual([
    { ...product, outputs: 4000 },
    { ...product, outputs: 4001 },
  ])
  expect(partOf(product, 0, 1)).toEqual(product)
})
