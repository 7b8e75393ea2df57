import type { Redis } from './libraries.ts'

/** The counter that BullMQ increments when it takes a job. */
const STARTS = 'ats'

/**
 * Repairs jobs that BullMQ's scripts fail to take and would fail to take again and again: a count of starts that is not
 * a number is reset, and entries that are not jobs are removed from the list.
 */
export async function mendActive(redis: Redis, keyOf: (name: string) => string): Promise<void> {
  for (const id of await redis.lrange(keyOf('active'), 0, -1)) {
    const key = keyOf(id)
    const type = await redis.type(key)
    if (type === 'hash') await mendStarts(redis, key)
    else if (type !== 'none') {
      await redis.lrem(keyOf('active'), 1, id)
      await redis.srem(keyOf('stalled'), id)
    }
  }
}

async function mendStarts(redis: Redis, key: string): Promise<void> {
  const starts = await redis.hget(key, STARTS)
  if (starts !== null && !/^-?\d{1,15}$/.test(starts)) await redis.hdel(key, STARTS)
}
