import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { Redis } from '#dist/service/queue/redis/libraries.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'

/** Why tests of the queue are skipped; undefined where there is a redis-server. */
export const noRedis =
  spawnSync('redis-server', ['--version']).status === 0
    ? undefined
    : 'there is no redis-server: apt-get install redis-server'

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

// Registered while the file is collected: a hook that is registered later would never run.
const scratch = scratchFolder()
const servers: RedisServer[] = []
afterAll(async () => {
  for (const server of servers) await server.stop()
})

/** A Redis of a test's own, which appends to a file what it does; it ends with the tests of the file. */
export class RedisServer {
  readonly url: string
  readonly port: number
  readonly #args: string[]
  #process: ChildProcess | null = null

  private constructor(port: number, args: string[], password?: string) {
    this.port = port
    this.url = `redis://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`
    this.#args = args
  }

  static async start(password?: string): Promise<RedisServer> {
    const port = await freePort()
    const args = [
      '--port',
      `${port}`,
      '--bind',
      '127.0.0.1',
      '--dir',
      mkdtempSync(join(scratch, 'redis-')),
      '--appendonly',
      'yes',
      '--save',
      '',
    ]
    const server = new RedisServer(
      port,
      [...args, ...(password === undefined ? [] : ['--requirepass', password])],
      password,
    )
    servers.push(server)
    await server.start()
    return server
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** Starts it again, with what its file has. */
  async start(): Promise<void> {
    const child = spawn('redis-server', this.#args, { stdio: 'ignore' })
    this.#process = child
    await this.asked((redis) => redis.ping())
  }

  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }

  /** The answers to a client of Redis. */
  async asked<T>(ask: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.url, { maxRetriesPerRequest: null, retryStrategy: () => 20 })
    redis.on('error', () => {})
    try {
      return await ask(redis)
    } finally {
      redis.disconnect()
    }
  }
}
