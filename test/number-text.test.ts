import { expect, it } from 'vitest'
import { counted, sizeText, whole } from '#dist/base/values/number-text.js'

it('thousands have commas, and one is in the singular', () => {
  expect([0, 0.5, 999.4, 1234.5, 7_321_920].map(whole)).toEqual(['0', '1', '999', '1,235', '7,321,920'])
  expect([0, 1, 1.3, 2, 1200].map((count) => counted(count, 'step'))).toEqual([
    '0 steps',
    '1 step',
    '1 step',
    '2 steps',
    '1,200 steps',
  ])
})

it('sizes below a megabyte are in kilobytes', () => {
  expect([8828, 999_949, 1e6, 7_448_448].map(sizeText)).toEqual(['8.8 kB', '999.9 kB', '1.0 MB', '7.4 MB'])
})
