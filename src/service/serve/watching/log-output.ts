import { closeSync, constants, fstatSync, openSync, statSync, write, writeSync } from 'node:fs'
import { devNull } from 'node:os'

const STANDARD_OUTPUT = 1

/** The maximum number of characters waiting to be written. */
const MOST = 1 << 20
/**
 * Milliseconds in which lines are gathered. A write takes as long as an answer of one text does in all else, because it
 * wakes a thread of Node.js.
 */
const GATHERING = 50
/** Milliseconds between attempts to write to a full pipe. */
const AGAIN = 100
/** Maximum milliseconds that closing a log waits for its reader. */
const PATIENCE = 1000

/**
 * The output of a log's lines. Writing may fail or block for ever, because a disk is full or no process reads a pipe:
 * then lines are lost, and the server continues. When lines can be written again, one of them has the number of lost
 * lines. Lines are gathered for a moment, and the last ones are written when the process exits.
 */
export class LogOutput {
  readonly #fd: number
  #waiting: string[] = []
  /** The number of characters waiting or being written. */
  #size = 0
  #isWriting = false
  #timer: NodeJS.Timeout | undefined
  #lost = 0
  #whenDone: (() => void)[] = []

  constructor(fd: number = STANDARD_OUTPUT) {
    this.#fd = unblocked(fd)
    process.once('exit', this.#writeRest)
  }

  write(line: string): void {
    if (this.#size + line.length > MOST) this.#lost++
    else {
      this.#waiting.push(line)
      this.#size += line.length
    }
    if (!this.#isWriting) this.#timer ??= setTimeout(() => this.#next(), GATHERING).unref()
  }

  /** Resolves when everything has been written, or after a time limit. */
  async end(): Promise<void> {
    process.off('exit', this.#writeRest)
    this.#next()
    if (this.#isWriting)
      await new Promise<void>((resolve) => {
        this.#whenDone.push(resolve)
        setTimeout(resolve, PATIENCE)
      })
    if (this.#fd !== STANDARD_OUTPUT) closeSync(this.#fd)
  }

  #next(): void {
    if (this.#isWriting) return
    clearTimeout(this.#timer)
    this.#timer = undefined
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

  readonly #writeRest = (): void => {
    try {
      writeSync(this.#fd, this.#waiting.join(''))
    } catch {
      // Nothing reads the pipe, or the disk is full: the lines are lost.
    }
  }

  #put(bytes: Buffer, done: (isWritten: boolean) => void): void {
    write(this.#fd, bytes, (error, count) => {
      if (error?.code === 'EAGAIN') setTimeout(() => this.#put(bytes, done), AGAIN).unref()
      else if (error || count === bytes.length) done(!error)
      else this.#put(bytes.subarray(count), done)
    })
  }
}

/** Pino's level of warnings. */
const WARN = 40

/**
 * A pipe in non-blocking mode, in which a full pipe fails a write instead of blocking a thread; other users of the pipe
 * keep their mode.
 */
function unblocked(fd: number): number {
  if (process.platform !== 'linux' || !fstatSync(fd).isFIFO()) return fd
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    return fd
  }
}

/** Whether nobody can read what a process writes to this file: it is the null device. */
export function isUnread(fd: number = STANDARD_OUTPUT): boolean {
  const output = fstatSync(fd)
  return output.isCharacterDevice() && output.rdev === statSync(devNull, { throwIfNoEntry: false })?.rdev
}
