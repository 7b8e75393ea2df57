import type { Redis } from './libraries.ts'

/**
 * Takes expired locks again: a worker still has a job that is active and whose lock no other worker has. Returns 1 for
 * each job that the worker has, else 0.
 */
const RECLAIM = `
local kept = {}
for i = 1, #ARGV - 2, 2 do
  local id, token = ARGV[i + 2], ARGV[i + 3]
  local lock = ARGV[1] .. id .. ':lock'
  local holder = redis.call('GET', lock)
  local isOurs = holder == token
  if not holder and redis.call('LPOS', KEYS[1], id) then isOurs = true end
  if isOurs then
    redis.call('SET', lock, token, 'PX', ARGV[2])
    redis.call('SREM', KEYS[2], id)
  end
  kept[#kept + 1] = isOurs and 1 or 0
end
return kept`

/** The keys of a queue: the list of active jobs, the list of possibly lost jobs, and the prefix of job keys. */
export interface LockKeys {
  active: string
  stalled: string
  jobs: string
}

/** The job and the token of its lock. */
export interface Held {
  id: string
  token: string
}

/** The jobs that a worker still has, after taking expired locks again where possible. */
export async function reclaim(redis: Redis, keys: LockKeys, held: readonly Held[], ms: number): Promise<boolean[]> {
  const args = held.flatMap(({ id, token }) => [id, token])
  const kept = await redis.eval(RECLAIM, 2, keys.active, keys.stalled, keys.jobs, ms, ...args)
  return (kept as number[]).map((each) => each === 1)
}
