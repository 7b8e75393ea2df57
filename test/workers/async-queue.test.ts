import { expect, it } from 'vitest'
import { AsyncQueue } from '#dist/workers/requests/async-queue.js'

it('pieces that came before a failure are delivered before it is thrown', async () => {
  const queue = new AsyncQueue<{ text: string }>()
  const given: string[] = []
  const reading = (async () => {
    for await (const { text } of queue) given.push(text)
  })()
  queue.push({ text: 'a' })
  queue.push({ text: 'b' })
  queue.fail(new Error('the worker died'))
  await expect(reading).rejects.toThrow('the worker died')
  expect(given).toEqual(['a', 'b'])
})
