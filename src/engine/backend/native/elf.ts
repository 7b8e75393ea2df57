/** The mark at the end of an addon that scripts/native-build.mjs has sealed, after a checksum of all bytes before it. */
const MARK = 'glassformer\n'
const SEAL_BYTES = 4 + MARK.length

export const isSealed = (file: Buffer): boolean => file.subarray(-MARK.length).toString('latin1') === MARK

/** The reason why a sealed file differs from the built one, or undefined. */
export function sealFlaw(file: Buffer): string | undefined {
  const { crc32 } = process.getBuiltinModule('node:zlib') // not imported: workers, for which the file has been checked, need not load it
  const built = file.subarray(0, -SEAL_BYTES)
  return crc32(built) === file.readUInt32LE(built.length) ? undefined : 'is damaged: its checksum differs'
}

/** Linux's libraries: ELF of 64 bits. */

const HEADER = 64
const SEGMENT = 56
const SECTION = 64
const machines: Partial<Record<NodeJS.Architecture, number>> = { x64: 62, arm64: 183 }

const SHARED = 3
const LOADED = 1
const INTERPRETER = 3

/** The reason why an ELF file cannot be loaded, or undefined: it checks kind, machine, and the places of all segments and sections. */
export function elfFlaw(file: Buffer): string | undefined {
  if (file.length < HEADER) return 'is cut off'
  const is64Bits = file[4] === 2
  const isLittleEndian = file[5] === 1
  const machine = file.readUInt16LE(18)
  if (!is64Bits || !isLittleEndian || machine !== machines[process.arch])
    return `is of another processor (this one is ${process.arch})`
  if (file.readUInt16LE(16) !== SHARED) return 'is no shared library'
  const segments = tableAt(file, 32, 54, SEGMENT)
  const sections = tableAt(file, 40, 58, SECTION)
  if (!segments || !sections) return 'is cut off or damaged: its header tells of more than there is'
  for (const at of segments)
    if (!liesWithin(file, file.readBigUInt64LE(at + 8), file.readBigUInt64LE(at + 32))) return CUT_OFF
  for (const at of segments)
    if (file.readUInt32LE(at) === LOADED && file.readBigUInt64LE(at + 32) > file.readBigUInt64LE(at + 40))
      return CUT_OFF
  return undefined
}

/** The path of the system's loader for a program, from the beginning of its file; undefined where the beginning does not have it. */
export function programLoader(beginning: Buffer): string | undefined {
  const is64Bits = beginning.length >= HEADER && beginning.readUInt32BE(0) === 0x7f454c46 && beginning[4] === 2
  const segments = is64Bits && beginning[5] === 1 ? (tableAt(beginning, 32, 54, SEGMENT) ?? []) : []
  const at = segments.find((segment) => beginning.readUInt32LE(segment) === INTERPRETER)
  if (at === undefined) return undefined
  const [offset, bytes] = [beginning.readBigUInt64LE(at + 8), beginning.readBigUInt64LE(at + 32)]
  if (!liesWithin(beginning, offset, bytes)) return undefined
  return beginning.toString('latin1', Number(offset), Number(offset + bytes)).replace(/\0$/, '')
}

const CUT_OFF = 'is cut off or damaged: a segment goes beyond its end'

const liesWithin = (file: Buffer, offset: bigint, bytes: bigint) => offset + bytes <= BigInt(file.length)

/** The offset of each entry of a table, by the offset, entry size and number of entries in the header; undefined if the table is not within the file. */
function tableAt(file: Buffer, offsetAt: number, sizesAt: number, size: number): number[] | undefined {
  const offset = file.readBigUInt64LE(offsetAt)
  const count = file.readUInt16LE(sizesAt + 2)
  if (count && file.readUInt16LE(sizesAt) !== size) return undefined
  if (!liesWithin(file, offset, BigInt(count * size))) return undefined
  return Array.from({ length: count }, (_, i) => Number(offset) + i * size)
}
