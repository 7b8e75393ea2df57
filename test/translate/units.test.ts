import { expect, it } from 'vitest'
import { cut, longestFirst, UNIT_SIZE } from '#dist/translate/units.js'

it('sources are taken the longest first, those of one length in their order', () => {
  expect(longestFirst(['bb', 'a', 'ccc', [1, 2], ''])).toEqual([2, 0, 3, 1, 4])
})

it('a unit has as many of the next items as fit, and one that is larger than a unit is one by itself and counts as one', () => {
  const sizes = [UNIT_SIZE / 2, UNIT_SIZE / 2, 1, UNIT_SIZE + 1, 1]
  const work = { kind: 'score' as const, pairs: [] }
  const units = cut(
    [0, 1, 2, 3, 4],
    (i) => sizes[i],
    () => work,
  )
  expect(units).toEqual([
    { items: [0, 1], size: UNIT_SIZE, work },
    { items: [2], size: 1, work },
    { items: [3], size: UNIT_SIZE, work },
    { items: [4], size: 1, work },
  ])
})
