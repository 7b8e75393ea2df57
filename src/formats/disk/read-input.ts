import { closeSync, fstatSync, read, readSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { FileLimit } from './file-limit.ts'
import { fileError, opened, readWhole } from './read-file.ts'

/** Milliseconds between attempts to read an empty pipe. */
const PAUSE = 5

/** The number of bytes per read. */
const CHUNK = 1 << 18

/**
 * Opens an input of a command, which may be a pipe: `/dev/stdin`, or a shell's `<(…)`. ERR_FILE where the path does not
 * exist or is a folder. A named pipe is opened without waiting for a writer.
 */
export function openInput(path: string): { descriptor: number; size: number } {
  const descriptor = opened(path)
  const state = fstatSync(descriptor)
  if (!state.isDirectory()) return { descriptor, size: state.isFile() ? state.size : 0 }
  closeSync(descriptor)
  throw fileError('read', path, { code: 'EISDIR' })
}

/**
 * All bytes of an input. Reading a pipe waits as long as a process has its other end open. @throws GlassformerError
 * ERR_FILE, also for a pipe without a writer; the limit's code for an input that is too large
 */
export function readInput(path: string, limit: FileLimit): Uint8Array {
  const { descriptor, size } = openInput(path)
  try {
    const bytes = readWhole(descriptor, path, Math.min(size, limit.most), limit, readWaiting)
    if (bytes.length === 0) checkIsNoPipe(descriptor, path)
    return bytes
  } catch (cause) {
    throw fileError('read', path, cause)
  } finally {
    closeSync(descriptor)
  }
}

/** The bytes of an open file or input from its beginning, in parts as they arrive. @throws GlassformerError ERR_FILE */
export async function* chunksOf(descriptor: number, path: string): AsyncGenerator<Buffer, void, undefined> {
  let isFirst = true
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK)
    const count = await readLater(descriptor, chunk).catch((cause) => {
      throw fileError('read', path, cause)
    })
    if (count === 0) {
      if (isFirst) checkIsNoPipe(descriptor, path)
      return
    }
    isFirst = false
    yield chunk.subarray(0, count)
  }
}

function checkIsNoPipe(descriptor: number, path: string): void {
  if (fstatSync(descriptor).isFIFO()) throw fileError('read', path, { message: 'it is a pipe that nobody writes to' })
}

const isWaiting = (cause: unknown) => (cause as NodeJS.ErrnoException).code === 'EAGAIN'

function readWaiting(descriptor: number, into: Uint8Array, offset: number): number {
  for (;;) {
    try {
      return readSync(descriptor, into, offset, into.length - offset, null)
    } catch (cause) {
      if (!isWaiting(cause)) throw cause
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
    }
  }
}

const reading = promisify(read)

async function readLater(descriptor: number, into: Buffer): Promise<number> {
  for (;;) {
    try {
      return (await reading(descriptor, into, 0, into.length, null)).bytesRead
    } catch (cause) {
      if (!isWaiting(cause)) throw cause
      await wait(PAUSE)
    }
  }
}
