import { expect, it } from 'vitest'
import { PieceQueue } from '#dist/translate/piece-queue.js'

it('pieces that came before a failure are given before it is thrown', async () => {
  const queue = new PieceQueue()
  const given: string[] = []
  const reading = (async () => {
    for await (const { text } of queue) given.push(text)
  })()
  queue.push('a')
  queue.push('b')
  queue.fail(new Error('the worker died'))
  await expect(reading).rejects.toThrow('the worker died')
  expect(given).toEqual(['a', 'b'])
})
