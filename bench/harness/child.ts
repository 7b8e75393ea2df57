import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'

/** A process that answers each line of input with a line. An answer that begins with 'error' is thrown. */
export class Child {
  /** The process's first line, sent when it is ready. */
  readonly greeting: string
  readonly #process: ChildProcess
  readonly #lines: Interface
  readonly #ended: Promise<never>

  private constructor(process: ChildProcess, lines: Interface, ended: Promise<never>, greeting: string) {
    this.#process = process
    this.#lines = lines
    this.#ended = ended
    this.greeting = greeting
  }

  static async open(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<Child> {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } })
    const lines = createInterface({ input: child.stdout! })
    const ended = once(child, 'exit').then(([status]) =>
      Promise.reject(new Error(`${command} ended with status ${status}`)),
    )
    ended.catch(() => {})
    return new Child(child, lines, ended, await nextLine(lines, ended))
  }

  get pid(): number {
    return this.#process.pid!
  }

  async ask(...words: (string | number)[]): Promise<string> {
    this.#process.stdin!.write(`${words.join(' ')}\n`)
    return nextLine(this.#lines, this.#ended)
  }

  /** The child reads the end of its input, and ends. */
  close(): void {
    this.#process.stdin!.end()
  }
}

async function nextLine(lines: Interface, ended: Promise<never>): Promise<string> {
  const [line]: [string] = await Promise.race([once(lines, 'line') as Promise<[string]>, ended])
  if (line.startsWith('error ')) throw new Error(line.slice('error '.length))
  return line
}
