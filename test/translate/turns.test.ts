import { expect, it } from 'vitest'
import { Turns } from '#dist/translate/turns.js'

it('as many sentences join as fit, in their order, and the next as others are done', () => {
  const joined: number[] = []
  const turns = new Turns([2, 3, 4, 1, 1], 5, (index) => joined.push(index))
  turns.begin()
  expect(joined).toEqual([0, 1])
  turns.done(0)
  expect(joined).toEqual([0, 1])
  turns.done(1)
  expect(joined).toEqual([0, 1, 2, 3])
  turns.done(3)
  expect(joined).toEqual([0, 1, 2, 3, 4])
})

it('a sentence of more than fits joins alone', () => {
  const joined: number[] = []
  const turns = new Turns([9, 9], 5, (index) => joined.push(index))
  turns.begin()
  expect(joined).toEqual([0])
  turns.done(0)
  expect(joined).toEqual([0, 1])
})
