import { isIP } from 'node:net'
import { GlassformerError, messageOf } from '../../../base/errors.ts'
import type { Address } from './address.ts'
import { Redis, type RedisOptions } from './libraries.ts'

/** Milliseconds within which Redis must answer the first connection: a machine may start before its Redis. */
const FIRST_ANSWER = 5000

/** The oldest supported version of Redis, because of ZMSCORE. */
const OLDEST = [6, 2]

/** Milliseconds between attempts to reconnect. */
const retryDelay = (times: number) => Math.min(2000, 50 * 2 ** Math.min(times, 10))

const optionsOf = ({ host, port, username, password, db, isSecure }: Address): RedisOptions => ({
  host,
  port,
  username,
  password,
  db,
  ...(isSecure && { tls: isIP(host) ? {} : { servername: host } }),
  lazyConnect: true,
  connectTimeout: FIRST_ANSWER,
  maxRetriesPerRequest: null, // a command waits until Redis is back
})

/** The events of a connection in use. */
export interface ConnectionListener {
  /** Redis cannot be reached; the connection retries until it can. */
  away?(reason: string): void
  back?(): void
}

/**
 * Connects to the Redis of a queue. An established connection is permanent: while Redis cannot be reached, commands
 * wait.
 * @throws GlassformerError ERR_QUEUE where Redis does not answer, refuses user or password, or is too old
 */
export async function connect(address: Address, { away, back }: ConnectionListener = {}): Promise<Redis> {
  await checkAnswers(address)
  const redis = new Redis({ ...optionsOf(address), retryStrategy: retryDelay })
  let reason = 'it has closed the connection'
  let isAway = false
  redis.on('error', (error) => {
    reason = reasonOf(error)
  })
  redis.on('reconnecting', () => {
    if (isAway) return
    isAway = true
    away?.(reason)
  })
  redis.on('ready', () => {
    if (isAway) back?.()
    isAway = false
  })
  await redis.connect()
  return redis
}

/** Asks Redis once for its version, by a separate connection, which does not hide the reason of a failure. */
async function checkAnswers(address: Address): Promise<void> {
  const began = performance.now()
  for (let times = 1; ; times++) {
    const fault = await faultOf(address)
    if (fault === null) return
    const mayPass = /ECONNREFUSED|EAI_AGAIN|LOADING/.test(messageOf(fault)) && performance.now() - began < FIRST_ANSWER
    if (!mayPass) throw new GlassformerError('ERR_QUEUE', `${address.shown}: ${reasonOf(fault)}`, { cause: fault })
    await new Promise((resolve) => setTimeout(resolve, retryDelay(times)))
  }
}

/** The reason why Redis cannot be used; null where it can. */
async function faultOf(address: Address): Promise<unknown> {
  const redis = new Redis({ ...optionsOf(address), retryStrategy: () => null, maxRetriesPerRequest: 0 })
  let fault: unknown = null
  redis.on('error', (error) => {
    fault ??= error
  })
  const late = setTimeout(() => {
    fault ??= new Error(`it does not answer within ${FIRST_ANSWER / 1000} s`)
    redis.disconnect()
  }, FIRST_ANSWER)
  try {
    await redis.connect()
    await redis.select(address.db) // ioredis ignores an unknown database and uses the first one
    const [, version = ''] = /redis_version:([\d.]+)/.exec(await redis.info('server')) ?? []
    const [major, minor] = version.split('.').map(Number)
    if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
      return new Error(`it is Redis ${version}; the queue needs ${OLDEST.join('.')} or newer`)
    return null
  } catch (error) {
    return fault ?? error
  } finally {
    clearTimeout(late)
    redis.disconnect()
  }
}

const words: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, 'nothing listens there: is Redis running, and is the port right?'],
  [/ENOTFOUND|EAI_AGAIN/, 'the host is not found: check its name'],
  [/ETIMEDOUT/, 'the host does not answer: check its address, and the firewall'],
  [/WRONGPASS|invalid password|invalid username-password/, 'the user or the password is wrong'],
  [/NOAUTH/, 'it asks for a password: redis://:password@host'],
  [/NOPERM/, 'the user may not use the commands of a queue'],
  [/without any password configured/, 'it has no password, and one was given'],
  [/DB index is out of range/, 'it has no database of this number'],
  [/^Unknown RESP type|^Protocol error/, 'what answers there is no Redis: check the port'],
  [/^Connection is closed/, 'it closes the connection at once: is it a Redis, and does it take one more client?'],
  [
    /wrong version number|ssl3|packet length too long/i,
    'it does not speak TLS there: take redis://, or its port for TLS',
  ],
]

/** Whether an error means that a connection was lost or cannot be made. */
export const isOfConnection = (error: Error): boolean =>
  /^E[A-Z]+$/.test((error as NodeJS.ErrnoException).code ?? '') ||
  /^(Connection is closed|connect E)/.test(error.message)

/** The reason of a Redis error in words. */
export function reasonOf(error: unknown): string {
  const { errors } = error as { errors?: unknown[] } // one error for each address of a host
  const message = messageOf(errors?.[0] ?? error)
  return words.find(([pattern]) => pattern.test(message))?.[1] ?? message
}
