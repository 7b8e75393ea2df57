import type { Redis } from './libraries.ts'

/**
 * Records that a worker with the model of a digest is alive. The time is from Redis' own clock, so that the clocks of
 * machines do not matter. Returns the milliseconds for which Redis has received such records without a gap of `ARGV[2]`
 * milliseconds: during a gap no worker could reach it.
 */
const HEAR = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local heard = tonumber(redis.call('HGET', KEYS[1], 'heard') or '0') or 0
if now - heard > tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], 'since', now) end
redis.call('HSET', KEYS[1], 'heard', now, 'alive ' .. ARGV[1], now)
if ARGV[3] == 'start' then redis.call('HSET', KEYS[1], 'started ' .. ARGV[1], now) end
return now - (tonumber(redis.call('HGET', KEYS[1], 'since') or '0') or 0)`

/** Maximum milliseconds between two signs of life of a worker. */
const OFTEN = 15_000

/** Milliseconds without a sign of life from any worker of a model, after which the model counts as gone. */
const GONE_AFTER = 4 * OFTEN

/** Milliseconds for which the digest of a model without workers is kept. */
const FORGOTTEN_AFTER = 30 * 24 * 3600 * 1000

/** The models of a queue's workers, by Redis. */
interface Version {
  digest: string
  /** The last sign of life and the last start of a worker with the model, in milliseconds of Redis' clock. */
  alive: number
  started: number
}

/** Records that a worker is alive, at once and then often enough for `lockDuration`. */
export class Presence {
  readonly #redis: Redis
  readonly #key: string
  readonly #digest: string
  readonly #lockDuration: number
  #timer: NodeJS.Timeout | undefined
  #heard = performance.now()

  constructor(redis: Redis, key: string, digest: string, lockDuration: number) {
    this.#redis = redis
    this.#key = key
    this.#digest = digest
    this.#lockDuration = lockDuration
  }

  /** Resolves when Redis has recorded the worker. */
  async start(): Promise<void> {
    await this.#forgetOld()
    await this.#hear('start')
    const often = Math.min(OFTEN, this.#lockDuration / 8)
    // A record fails while Redis cannot be reached: the next one returns the length of the gap.
    this.#timer = setInterval(() => void (this.#redis.status === 'ready' && this.#hear().catch(() => {})), often)
    this.#timer.unref()
  }

  /**
   * Whether all workers have had time to renew their locks since Redis was last unreachable long enough for locks to
   * expire: only then a missing lock means a lost worker.
   */
  async hasSettled(): Promise<boolean> {
    return (await this.#hear()) >= this.#lockDuration
  }

  /** Milliseconds since the worker's last record in Redis. */
  get silence(): number {
    return performance.now() - this.#heard
  }

  /** Ends the worker's records. Other workers with the same model record themselves at their next sign of life. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    if (this.#redis.status === 'ready') await this.#redis.hdel(this.#key, `alive ${this.#digest}`).catch(() => {})
  }

  /** A worker renews a lock after half of its duration: a gap of this length may have let locks expire. */
  async #hear(isStart = ''): Promise<number> {
    const settled = await this.#redis.eval(HEAR, 1, this.#key, this.#digest, this.#lockDuration / 2, isStart)
    this.#heard = performance.now()
    return settled as number
  }

  async #forgetOld(): Promise<void> {
    const { versions, heard } = await readVersions(this.#redis, this.#key)
    const old = versions.filter(({ alive, started }) => heard - Math.max(alive, started) > FORGOTTEN_AFTER)
    if (old.length)
      await this.#redis.hdel(this.#key, ...old.flatMap(({ digest }) => [`alive ${digest}`, `started ${digest}`]))
  }
}

async function readVersions(redis: Redis, key: string): Promise<{ versions: Version[]; heard: number }> {
  const fields = await redis.hgetall(key)
  const versions = Object.entries(fields).flatMap(([field, started]) => {
    const [, digest] = /^started (\w+)$/.exec(field) ?? []
    return digest ? [{ digest, alive: Number(fields[`alive ${digest}`] ?? 0), started: Number(started) }] : []
  })
  return { versions, heard: Number(fields.heard ?? 0) }
}

/**
 * The digest of the model of a queue's workers: with several models, that of the worker started last; '' without any
 * worker.
 */
export async function currentDigest(redis: Redis, key: string): Promise<string> {
  const { versions, heard } = await readVersions(redis, key)
  const isAlive = ({ alive }: Version) => heard - alive < GONE_AFTER
  const [current] = versions.sort((a, b) => Number(isAlive(b)) - Number(isAlive(a)) || b.started - a.started)
  return current?.digest ?? ''
}

/** Whether a worker with the model of a digest is alive. */
export async function isPresent(redis: Redis, key: string, digest: string): Promise<boolean> {
  const { versions, heard } = await readVersions(redis, key)
  return versions.some((version) => version.digest === digest && heard - version.alive < GONE_AFTER)
}
