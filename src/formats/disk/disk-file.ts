import { closeSync, readSync } from 'node:fs'
import { GlassformerError } from '../../base/errors.ts'
import type { OpenFile } from './folder.ts'
import { fileError, openFile } from './read-file.ts'

/** The largest number of bytes per read; Linux returns no more than 2³¹. */
const MOST_READ = 1 << 30

/** Opens a file on disk for reads at any position. @throws GlassformerError ERR_FILE */
export function openDiskFile(path: string): OpenFile {
  const { descriptor, size } = openFile(path)
  return {
    path,
    size,
    read: (into, position) => read(descriptor, path, into, position),
    close: () => closeSync(descriptor),
  }
}

function read(
  descriptor: number,
  path: string,
  { buffer, byteOffset, byteLength }: ArrayBufferView,
  position: number,
): void {
  for (let done = 0; done < byteLength; ) {
    // The array holds only a part, because Node.js 20 has no view of more than 2³² − 1 bytes.
    const part = new Uint8Array(buffer, byteOffset + done, Math.min(byteLength - done, MOST_READ))
    let count: number
    try {
      count = readSync(descriptor, part, 0, part.length, position + done)
    } catch (cause) {
      throw fileError('read', path, cause)
    }
    if (!count)
      throw new GlassformerError(
        'ERR_FILE',
        `${path}: ends at offset ${position + done}; it became shorter while it was read`,
      )
    done += count
  }
}
