import { createHash } from 'node:crypto'
import { constants, lstatSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { GlassformerError } from '../../base/errors.ts'
import { fileError, fileParts } from '../../formats/disk/read-file.ts'
import { removeFile } from '../../formats/disk/replace-file.ts'
import type { RemoteFile } from './remote-file.ts'

/** A partially downloaded file, with the SHA-256 of its bytes so far. Only one process has it open. */
export class PartialFile {
  readonly #path: string
  readonly #handle: FileHandle
  #hash = createHash('sha256')
  #size = 0

  private constructor(path: string, handle: FileHandle) {
    this.#path = path
    this.#handle = handle
  }

  /**
   * Opens the part of the file received earlier, or an empty file. Links are not followed. @throws GlassformerError
   * ERR_FILE
   */
  static async open(path: string): Promise<PartialFile> {
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === false) removeFile(path)
    try {
      const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0)
      const partial = new PartialFile(path, await open(path, flags, 0o644))
      for (const bytes of fileParts(path)) partial.#count(bytes)
      return partial
    } catch (cause) {
      throw fileError('write', path, cause)
    }
  }

  /** Bytes received so far. */
  get size(): number {
    return this.#size
  }

  /** @throws GlassformerError ERR_FILE */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; )
        done += (await this.#handle.write(bytes, done, bytes.length - done, this.#size + done)).bytesWritten
    } catch (cause) {
      throw fileError('write', this.#path, cause)
    }
    this.#count(bytes)
  }

  /** Discards all received bytes. */
  async restart(): Promise<void> {
    await this.#handle.truncate(0)
    this.#hash = createHash('sha256')
    this.#size = 0
  }

  /** @throws GlassformerError ERR_CHECKSUM where the bytes differ from the hub's file */
  check(file: RemoteFile): void {
    if (file.size !== null && this.#size !== file.size)
      throw checksum(file, `it has ${this.#size} bytes where the hub says ${file.size}`)
    const found = this.#hash.copy().digest('hex')
    if (file.sha256 !== null && found !== file.sha256)
      throw checksum(file, `its SHA-256 is ${found} where the hub says ${file.sha256}`)
  }

  /** Waits until the bytes are on disk. */
  async sync(): Promise<void> {
    try {
      await this.#handle.sync()
    } catch (cause) {
      throw fileError('write', this.#path, cause)
    }
  }

  close(): Promise<void> {
    return this.#handle.close()
  }

  #count(bytes: Uint8Array): void {
    this.#hash.update(bytes)
    this.#size += bytes.length
  }
}

export const checksum = ({ address }: RemoteFile, what: string): GlassformerError =>
  new GlassformerError(
    'ERR_CHECKSUM',
    `${address}: ${what}; nothing of it is kept: pull again, or tell the model's owner`,
  )
