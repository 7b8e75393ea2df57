import { lstatSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { GlassformerError } from '../../base/errors.ts'
import { takeLock } from '../../formats/disk/lock-file.ts'
import { fileError } from '../../formats/disk/read-file.ts'
import { removeFile, syncFolder } from '../../formats/disk/replace-file.ts'
import { type CachedRepository, checkInside } from './cache.ts'
import { checksum, PartialFile } from './partial-file.ts'
import { PassingFault, retrying } from './passing-fault.ts'
import { type RemoteFile, type RemoteModel, refusal } from './remote-file.ts'
import { type Answer, ask, encodingOf, faultOf } from './request.ts'

/** Receives the number of bytes of a file so far. */
export type Reached = (loaded: number) => void

/** Milliseconds between two checks of a lock that another process holds. */
const LOOK = 100

/**
 * Downloads a file into the cache's blobs, unless it is already there. If several processes want the file, one
 * downloads it, and the others wait.
 * @throws GlassformerError ERR_HUB, ERR_NETWORK, ERR_CHECKSUM, ERR_FILE
 */
export async function download(
  file: RemoteFile,
  model: RemoteModel,
  repository: CachedRepository,
  cache: string,
  reached: Reached,
): Promise<void> {
  if (isThere(file, repository, cache)) return
  const release = await locked(repository.lock(file.etag), model.connection.signal)
  try {
    if (isThere(file, repository, cache)) return
    await fetched(file, model, repository, reached)
  } finally {
    release()
  }
}

/** Whether the blob of a file exists; a blob of another size is damaged. */
function isThere({ etag, size }: RemoteFile, repository: CachedRepository, cache: string): boolean {
  const blob = repository.blob(etag)
  const state = lstatSync(blob, { throwIfNoEntry: false })
  if (!state) return false
  checkInside(blob, cache)
  return size === null || state.size === size
}

/** Waits for a lock, and returns what releases it. */
export async function locked(path: string, signal: AbortSignal): Promise<() => void> {
  for (;;) {
    signal.throwIfAborted()
    const taken = takeLock(path)
    if (typeof taken === 'function') return taken
    await sleep(LOOK, undefined, { signal })
  }
}

async function fetched(
  file: RemoteFile,
  model: RemoteModel,
  repository: CachedRepository,
  reached: Reached,
): Promise<void> {
  const path = repository.incomplete(file.etag)
  await fetchWhole(path, file, model, reached)
  try {
    renameSync(path, repository.blob(file.etag))
  } catch (cause) {
    throw fileError('write', repository.blob(file.etag), cause)
  }
  syncFolder(dirname(path))
}

/** Completes the file at `path`, of which a part may be there. @throws GlassformerError as `download` */
export async function fetchWhole(path: string, file: RemoteFile, model: RemoteModel, reached: Reached): Promise<void> {
  const part = await PartialFile.open(path)
  let isWhole = false
  try {
    let furthest = part.size
    let wasResumed = part.size > 0
    await retrying(model.connection.signal, async (renew) => {
      try {
        await complete(part, file, model, () => {
          if (part.size > furthest) renew()
          furthest = Math.max(furthest, part.size)
          reached(part.size)
        })
        part.check(file)
      } catch (error) {
        if (!(error instanceof GlassformerError) || error.code !== 'ERR_CHECKSUM') throw error
        await part.restart()
        if (!wasResumed) throw error
        wasResumed = false
        throw new PassingFault(error.message, { after: 0, cause: error }) // earlier bytes may be wrong
      }
    })
    await part.sync()
    isWhole = true
  } finally {
    await part.close()
    if (!isWhole && part.size === 0) removeFile(path)
  }
}

/**
 * Requests the missing part of a file, and writes it as it arrives.
 * @throws PassingFault where the connection breaks; the received bytes are kept
 */
async function complete(part: PartialFile, file: RemoteFile, model: RemoteModel, reached: () => void): Promise<void> {
  const { connection, name, revision } = model
  if (file.size !== null && part.size > file.size) await part.restart()
  if (part.size > 0 && part.size === file.size) return reached()
  const headers = part.size > 0 ? { range: `bytes=${part.size}-` } : {}
  const answer = await ask('GET', file.address, connection, { headers })
  try {
    const { status } = answer
    if (status === 416 && part.size > 0) {
      await part.restart()
      throw new PassingFault(`${file.address}: the server has nothing after byte ${part.size}`, { after: 0 })
    }
    if (status !== 200 && status !== 206)
      throw refusal(answer, {
        model: name,
        revision,
        file: file.name,
        hub: new URL(model.endpoint).host,
        hasToken: connection.token !== null,
      })
    const encoding = encodingOf(answer.headers)
    if (encoding !== null)
      throw new GlassformerError(
        'ERR_NETWORK',
        `${answer.host} sends ${file.name} of ${name} as ${encoding}, though it was asked for the bytes as they are: a proxy may do that; name the host in NO_PROXY, or set HF_ENDPOINT to another hub`,
      )
    const from = status === 206 ? firstByte(answer) : 0
    if (from !== part.size) await part.restart() // the server sends the whole file
    if (from > 0 && from !== part.size) throw new PassingFault(`${file.address}: another part than was asked for came`)
    const whole = wholeSize(answer, from)
    if (file.size !== null && whole !== null && whole !== file.size)
      throw checksum(file, `${whole} bytes are sent where the hub says ${file.size}`)
    if (file.most !== undefined && whole !== null && whole > file.most)
      throw checksum(file, `${whole} bytes are announced, where at most ${file.most} can be right`)
    reached()
    for await (const bytes of answer.body as AsyncIterable<Buffer>) {
      await part.append(bytes)
      if (file.size !== null && part.size > file.size)
        throw checksum(file, `more bytes are sent than the ${file.size} that the hub says`)
      if (file.most !== undefined && part.size > file.most)
        throw checksum(file, `more than ${file.most} bytes are sent, which no such file has`)
      reached()
    }
    const size = whole ?? file.size
    if (size !== null && part.size < size)
      throw new PassingFault(`${file.address}: the connection ended at byte ${part.size} of ${size}`)
  } catch (cause) {
    throw faultOf(cause, new URL(file.address).host)
  } finally {
    answer.body.destroy()
  }
}

/** The first byte position in an answer, counted from 0. */
function firstByte({ headers }: Answer): number {
  const [, first] = /^bytes (\d+)-/.exec(headers['content-range'] ?? '') ?? []
  return first === undefined ? 0 : Number(first)
}

/**
 * The size of the whole file in bytes, by an answer with the part from `from` on; null where the answer does not say
 * it.
 */
function wholeSize({ headers }: Answer, from: number): number | null {
  const [, whole] = /^bytes [^/]*\/(\d+)$/.exec(headers['content-range'] ?? '') ?? []
  if (whole !== undefined) return Number(whole)
  const length = headers['content-length']
  return length === undefined ? null : from + Number(length)
}
