import { expect, it } from 'vitest'
import { duration } from '#dist/cli/terminal/progress.js'

it('a duration is printed in its two largest units', () => {
  expect([0, 59.4, 59.6, 75, 3599, 3600, 7384, 90_000].map(duration)).toEqual([
    '0 s',
    '59 s',
    '1 min 0 s',
    '1 min 15 s',
    '59 min 59 s',
    '1 h 0 min',
    '2 h 3 min',
    '25 h 0 min',
  ])
})
