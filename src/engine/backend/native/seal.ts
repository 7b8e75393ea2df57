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
