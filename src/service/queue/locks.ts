import type { Redis } from './libraries.ts'

/**
 * Takes locks again that have ended while Redis could not be asked: a worker still has a job that is active and whose lock nobody else has.
 * Answers 1 for each job that the worker has, else 0.
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

/** The keys of a queue: of the list of active jobs, of those that may be lost, and what the keys of jobs begin with. */
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

/** Which of these jobs a worker still has, after their locks have been taken again where that was possible. */
export async function reclaim(redis: Redis, keys: LockKeys, held: readonly Held[], ms: number): Promise<boolean[]> {
  const args = held.flatMap(({ id, token }) => [id, token])
  const kept = await redis.eval(RECLAIM, 2, keys.active, keys.stalled, keys.jobs, ms, ...args)
  return (kept as number[]).map((each) => each === 1)
}
