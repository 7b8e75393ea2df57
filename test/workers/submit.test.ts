import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { GlassformerError } from '#dist/base/errors.js'
import { Backlog, noOutcomes, type Outcomes } from '#dist/workers/requests/backlog.js'
import type { Chunk } from '#dist/workers/requests/chunks.js'
import type { Request } from '#dist/workers/requests/request.js'
import { submit, type Workers } from '#dist/workers/requests/submit.js'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** A pool whose chunks are done when the test says so. */
class PoolByHand implements Workers {
  readonly backlog = new Backlog({})
  readonly outcomes = noOutcomes()
  readonly requests: Request[] = []
  readonly canceled = new Set<Request>()
  add = (request: Request) => void this.requests.push(request)
  cancel = (request: Request) => void this.canceled.add(request)
}

/** Chunks with these numbers of texts, of ten characters each. */
function chunksOf(sizes: readonly number[]): Chunk[] {
  let index = 0
  return sizes.map((texts) => {
    const indices = Array.from({ length: texts }, () => index++)
    return {
      kind: 'encode',
      contents: { sources: indices.map(() => [5]) },
      size: 10 * texts,
      characters: 10 * texts,
      indices,
    }
  })
}

const ends = ['answered', 'failed', 'aborted', 'timedOut'] as const satisfies (keyof Outcomes)[]
const fates = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }),
  end: fc.constantFrom(...ends),
  /** The part of the chunks that is done before an end without an answer. */
  done: fc.double({ min: 0, max: 0.99, noNaN: true }),
})

it('however requests end, each has one outcome, and nothing that it opened stays open', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fates, { minLength: 1, maxLength: 8 }), fc.scheduler(), async (list, order) => {
      const pool = new PoolByHand()
      const expected = { ...noOutcomes(), accepted: list.length }
      const settled = list.map(async ({ sizes, end, done }, i) => {
        const controller = new AbortController()
        const timeout = end === 'timedOut' ? 1000 + i : 1e6
        const promise = submit(pool, chunksOf(sizes), {
          scheduling: { signal: controller.signal, timeout, priority: 0, client: undefined },
        })
        promise.catch(() => {})
        const own = pool.requests[i]
        const given = end === 'answered' ? own.chunks : own.chunks.slice(0, Math.floor(done * sizes.length))
        for (const chunk of given) {
          await order.schedule(Promise.resolve())
          if (pool.canceled.has(own)) break // its time has passed with that of another
          own.done(
            chunk,
            chunk.indices.map((index) => ({ index }) as never),
          )
        }
        await order.schedule(Promise.resolve())
        expected[end]++
        if (end === 'answered')
          return expect(await promise).toEqual(
            Array.from({ length: sizes.reduce((a, b) => a + b) }, (_, index) => ({ index })),
          )
        if (end === 'failed') own.fail(new GlassformerError('ERR_MEMORY', 'no memory is left'))
        else if (end === 'aborted') controller.abort()
        else vi.advanceTimersByTime(2000)
        const code = { failed: 'ERR_MEMORY', aborted: 'ERR_ABORTED', timedOut: 'ERR_TIMEOUT' }[end]
        await expect(promise).rejects.toMatchObject({ code })
        expect(pool.canceled.has(own)).toBe(end !== 'failed')
        controller.abort() // too late, and without effect
      })
      const { texts, characters } = pool.backlog.amount
      expect([texts, characters]).toEqual(
        [1, 10].map((per) => per * list.flatMap(({ sizes }) => sizes).reduce((a, b) => a + b)),
      )
      await order.waitAll()
      await Promise.all(settled)
      vi.advanceTimersByTime(2e6) // too late as well
      expect(pool.backlog.amount).toEqual({ texts: 0, characters: 0 })
      expect(pool.outcomes).toEqual(expected)
    }),
  )
})
