import { expect, it } from 'vitest'
import { inOrder } from '#dist/cli/lines/in-order.js'

/** The requests, and their answers. */
function pending() {
  const answers: (() => void)[] = []
  return { answers, work: () => new Promise<void>((resolve) => answers.push(resolve)) }
}

/** Lets everything happen that can happen now. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

it('takes batches while those in flight are smaller than the most, and delivers in their order', async () => {
  const { answers, work } = pending()
  const delivered: number[] = []
  let taken = 0
  function* batches() {
    while (taken < 5) yield taken++
  }
  const deliver = async (batch: number) => void delivered.push(batch)
  const done = inOrder({ batches: batches(), size: () => 10, most: 30, work, deliver })
  await settled()
  expect(taken).toBe(3)
  answers[1]()
  await settled()
  expect({ taken, delivered }).toEqual({ taken: 3, delivered: [] })
  answers[0]()
  await settled()
  expect({ taken, delivered }).toEqual({ taken: 5, delivered: [0, 1] })
  for (const answer of answers) answer()
  await done
  expect(delivered).toEqual([0, 1, 2, 3, 4])
})

it.each(['work', 'deliver'])('rejects where %s fails, even while it waits for input', async (where) => {
  async function* batches() {
    yield 1
    await new Promise(() => {})
  }
  const fails = async () => Promise.reject(new Error('no more'))
  const flow = { batches: batches(), size: () => 1, most: 10, work: async () => {}, deliver: async () => {} }
  await expect(inOrder({ ...flow, [where]: fails })).rejects.toThrow('no more')
})

it('takes few batches at first, and twice as many whenever one has been delivered', async () => {
  const { answers, work } = pending()
  let taken = 0
  function* batches() {
    while (taken < 20) yield taken++
  }
  const done = inOrder({ batches: batches(), size: () => 10, most: 40, first: 10, work, deliver: async () => {} })
  const seen: number[] = []
  for (let i = 0; i < 4; i++) {
    await settled()
    seen.push(taken - i)
    answers[i]!()
  }
  expect(seen).toEqual([1, 2, 4, 4])
  for (; answers.length < 20 || taken < 20; ) {
    for (const answer of answers) answer()
    await settled()
  }
  for (const answer of answers) answer()
  await done
})
