import { expect, it } from 'vitest'
import { quantizeRows } from '#dist/engine/weights/quantize.js'

it('the largest magnitude of a row becomes 127, even if its scale has no bits left', () => {
  const least = 2 ** -149 // of float32
  const { values, scales } = quantizeRows(Float32Array.of(3, -1.5, 0, 128 * least, -128 * least, least), 2)
  expect([...values]).toEqual([127, -64, 0, 127, -127, 1])
  expect([...scales]).toEqual([Math.fround(3 / 127), least])
})
