import { crc32 } from 'node:zlib'

/** The end of an addon that scripts/native-build.mjs has sealed: a checksum of all before it, and this mark. */
const MARK = 'glassformer\n'
const SEAL_BYTES = 4 + MARK.length

export const isSealed = (file: Buffer): boolean => file.subarray(-MARK.length).toString('latin1') === MARK

/** Why a sealed file is not as it was built, or undefined. */
export function sealFlaw(file: Buffer): string | undefined {
  const built = file.subarray(0, -SEAL_BYTES)
  return crc32(built) === file.readUInt32LE(built.length) ? undefined : 'is damaged: its checksum differs'
}
