import { closeSync, openSync, readFileSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { Mapping } from '../../../engine/backend/interface/backend.ts'
import { fileState } from '../../../formats/disk/read-file.ts'
import { writeWhole } from '../../../formats/disk/replace-file.ts'

/** The file beside a packed file that says in which state its checksum was right. */
export const CHECKED = '.checked'

/** Whether the checksum of a file was right in this state (`fileState`). */
function isChecked(path: string, state: string | null): boolean {
  try {
    return readFileSync(path + CHECKED, 'utf8') === state
  } catch {
    return false
  }
}

/** Notes that the checksum of a file is right in this state. Where that cannot be written, the next process checks again. */
function markChecked(path: string, state: string | null): void {
  if (state === null) return
  try {
    writeFileSync(path + CHECKED, state)
  } catch {
    rmSync(path + CHECKED, { force: true })
  }
}

/*
 * A file of packed weights: eight bytes, the length of a header in 32 bits and the header, which is JSON; then, from the first huge page on, the
 * weights as they lie in memory. It is made and read by one machine, and is no format for exchange.
 */

const MAGIC = Buffer.from('GLASSPK1')

/** Where the weights begin, so that they can be huge pages. */
const BEGIN = 2 ** 21

/** Bytes written at once. */
const PART = 2 ** 24

export interface PackedHeader {
  /** Everything that the weights depend on. */
  key: string
  /** The model's folder. */
  folder: string
  floats: number
  /** `Mapping.checksum` of the weights. */
  checksum: string
}

/** The header of a packed file; null for another file, and for one that is cut short within it. @throws an error of the system */
export function readPackedHeader(path: string): PackedHeader | null {
  const descriptor = openSync(path, 'r')
  try {
    const start = Buffer.alloc(MAGIC.length + 4)
    if (readSync(descriptor, start, 0, start.length, 0) < start.length) return null
    const length = start.readUInt32LE(MAGIC.length)
    if (!start.subarray(0, MAGIC.length).equals(MAGIC) || length > BEGIN - start.length) return null
    const json = Buffer.alloc(length)
    if (readSync(descriptor, json, 0, length, start.length) < length) return null
    return parsed(json.toString())
  } finally {
    closeSync(descriptor)
  }
}

function parsed(json: string): PackedHeader | null {
  try {
    const { key, folder, floats, checksum } = JSON.parse(json) as PackedHeader
    return typeof folder === 'string' && Number.isSafeInteger(floats) ? { key, folder, floats, checksum } : null
  } catch {
    return null
  }
}

/**
 * The weights of a packed file, mapped; null for a file with another key or size, for one whose weights are not those that were written, and where
 * the system cannot map it. The checksum reads all weights, once for each file as it is: the next process reads what it needs.
 * @throws an error of the system
 */
export function mapPacked(
  path: string,
  { key, floats }: Pick<PackedHeader, 'key' | 'floats'>,
  mapping: Mapping,
): Float32Array | null {
  const header = readPackedHeader(path)
  if (header?.key !== key || header.floats !== floats) return null
  const state = fileState(path)
  const values = mapping.map(path, BEGIN, floats)
  if (!values || isChecked(path, state)) return values
  if (mapping.checksum(values) !== header.checksum) return null
  markChecked(path, state)
  return values
}

/** Maps a packed file that this process has checked. */
export const mapChecked = (path: string, floats: number, mapping: Mapping): Float32Array | null =>
  mapping.map(path, BEGIN, floats)

/** Writes a packed file beside its place, and then puts it there. @throws an error of the system */
export function writePacked(path: string, header: PackedHeader, values: Float32Array): void {
  const json = Buffer.from(JSON.stringify(header))
  const start = Buffer.alloc(BEGIN)
  MAGIC.copy(start)
  start.writeUInt32LE(json.length, MAGIC.length)
  json.copy(start, MAGIC.length + 4)
  const beside = `${path}.${process.pid}.${Date.now().toString(36)}.part`
  try {
    const descriptor = openSync(beside, 'wx')
    try {
      writeWhole(descriptor, start)
      const { buffer, byteOffset, byteLength } = values
      for (let at = 0; at < byteLength; at += PART)
        writeWhole(descriptor, new Uint8Array(buffer, byteOffset + at, Math.min(PART, byteLength - at)))
    } finally {
      closeSync(descriptor)
    }
    renameSync(beside, path)
    markChecked(path, fileState(path))
  } catch (cause) {
    rmSync(beside, { force: true })
    throw cause
  }
}
