import { closeSync, constants, fstatSync, openSync, write } from 'node:fs'

const STANDARD_OUTPUT = 1

/** The most characters that wait to be written. */
const MOST = 1 << 20
/** Milliseconds after which a pipe that was full is tried again. */
const AGAIN = 100
/** The most milliseconds that the end of a log waits for what reads it. */
const PATIENCE = 1000

/**
 * Where the lines of a log go. Writing may fail or take for ever, because a disk is full or nothing reads a pipe: then lines are lost, and the
 * server goes on. When lines can be written again, one of them says how many were lost.
 */
export class LogOutput {
  readonly #fd: number
  #waiting: string[] = []
  /** The characters of what waits, and of what is being written. */
  #size = 0
  #isWriting = false
  #lost = 0
  #whenDone: (() => void)[] = []

  constructor(fd: number = STANDARD_OUTPUT) {
    this.#fd = unblocked(fd)
  }

  write(line: string): void {
    if (this.#size + line.length > MOST) this.#lost++
    else {
      this.#waiting.push(line)
      this.#size += line.length
    }
    this.#next()
  }

  /** Resolves when all has been written, or cannot be for a while. */
  async end(): Promise<void> {
    if (this.#isWriting)
      await new Promise<void>((resolve) => {
        this.#whenDone.push(resolve)
        setTimeout(resolve, PATIENCE)
      })
    if (this.#fd !== STANDARD_OUTPUT) closeSync(this.#fd)
  }

  #next(): void {
    if (this.#isWriting) return
    if (!this.#waiting.length) {
      for (const done of this.#whenDone.splice(0)) done()
      return
    }
    this.#isWriting = true
    const lines = this.#waiting
    const size = this.#size
    this.#waiting = []
    this.#put(Buffer.from(lines.join('')), (isWritten) => {
      this.#isWriting = false
      this.#size -= size
      if (!isWritten) this.#lost += lines.length
      else if (this.#lost) {
        const msg = `${this.#lost} lines of the log were lost: they could not be written`
        this.#lost = 0
        this.write(`${JSON.stringify({ level: WARN, time: Date.now(), msg })}\n`)
      }
      this.#next()
    })
  }

  #put(bytes: Buffer, done: (isWritten: boolean) => void): void {
    write(this.#fd, bytes, (error, count) => {
      if (error?.code === 'EAGAIN') setTimeout(() => this.#put(bytes, done), AGAIN).unref()
      else if (error || count === bytes.length) done(!error)
      else this.#put(bytes.subarray(count), done)
    })
  }
}

/** Pino's number of warnings. */
const WARN = 40

/** A pipe in a mode in which a write that cannot be done fails, in place of taking a thread for ever; the pipe's other users keep theirs. */
function unblocked(fd: number): number {
  if (process.platform !== 'linux' || !fstatSync(fd).isFIFO()) return fd
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    return fd
  }
}
