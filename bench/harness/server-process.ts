import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** An HTTP server in a separate process, which prints its address on standard error. */
export class ServerProcess {
  /** Its address: `http://127.0.0.1:5000`. */
  readonly url: string
  /** The line with its address. */
  readonly greeting: string
  readonly #process: ChildProcess

  private constructor(process: ChildProcess, url: string, greeting: string) {
    this.#process = process
    this.url = url
    this.greeting = greeting
  }

  /** @throws Error with the output of the process, where it ends before it listens */
  static async start(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
    const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'], env: { ...process.env, ...env } })
    const failed = once(child, 'error').then(([error]) => Promise.reject(error))
    failed.catch(() => {})
    const said: string[] = []
    const listening = async () => {
      for await (const line of createInterface({ input: child.stderr! })) {
        const url = /http:\/\/[\w.]+:\d+/.exec(line)?.[0]
        if (url) return new ServerProcess(child, url, line)
        said.push(line)
      }
      throw new Error(`${command} does not listen: ${said.at(-1) ?? 'it says nothing'}`)
    }
    const server = await Promise.race([listening(), failed])
    child.stderr!.resume()
    return server
  }

  /** Ends it, and waits until it has ended. */
  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.stdin!.end()
    this.#process.kill()
    await ended
  }
}
