/** The end of an addon that scripts/native-build.mjs has sealed: a checksum of all before it, and this mark. */
const MARK = 'glassformer\n'
const SEAL_BYTES = 4 + MARK.length

export const isSealed = (file: Buffer): boolean => file.subarray(-MARK.length).toString('latin1') === MARK

/** Why a sealed file is not as it was built, or undefined. */
export function sealFlaw(file: Buffer): string | undefined {
  const { crc32 } = process.getBuiltinModule('node:zlib') // not imported: workers, for which the file has been checked, need not load it
  const built = file.subarray(0, -SEAL_BYTES)
  return crc32(built) === file.readUInt32LE(built.length) ? undefined : 'is damaged: its checksum differs'
}
