import { GlassformerError } from '../../../base/errors.ts'

/** A file whose bytes can be read at once, without waiting. */
export interface StoredFile {
  readonly size: number
  /** A copy, or a view, of the bytes from `from` to `to`. `path` is for messages. @throws GlassformerError ERR_FILE */
  bytes(from: number, to: number, path: string): Uint8Array<ArrayBuffer>
}

/** Reads a Blob synchronously; available in workers. */
declare const FileReaderSync: (new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer }) | undefined

/** A Blob to read from: where it lies in workers, in memory elsewhere. */
export async function stored(blob: Blob): Promise<StoredFile> {
  if (typeof FileReaderSync !== 'undefined') return inBlob(blob, FileReaderSync)
  const whole = new Uint8Array(await blob.arrayBuffer())
  return { size: whole.length, bytes: (from, to) => whole.subarray(from, to) }
}

const inBlob = (blob: Blob, Reader: NonNullable<typeof FileReaderSync>): StoredFile => ({
  size: blob.size,
  bytes(from, to, path) {
    try {
      return new Uint8Array(new Reader().readAsArrayBuffer(blob.slice(from, to)))
    } catch (cause) {
      // A file that the user picked may have changed since, and the browser may have dropped a cached one.
      throw new GlassformerError(
        'ERR_FILE',
        `cannot read ${path}: the browser no longer has it; load the model again`,
        { cause },
      )
    }
  },
})
