import type { Redis } from './libraries.ts'

/** What BullMQ counts when it takes a job. */
const STARTS = 'ats'

/**
 * Mends jobs that BullMQ's scripts have failed to take, and would again and again: a count of starts that is no number begins anew, and what is
 * no job at all leaves the list.
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
