/** Windows' libraries: PE of 64 bits. */

const machines: Partial<Record<NodeJS.Architecture, number>> = { x64: 0x8664, arm64: 0xaa64 }
const LIBRARY = 0x2000
const SECTION = 40

/** The reason why a PE file cannot be loaded, or undefined: it checks kind, machine, and the places of all sections. */
export function peFlaw(file: Buffer): string | undefined {
  if (file.length < 64) return 'is cut off'
  const at = file.readUInt32LE(60)
  if (at + 24 > file.length || file.toString('latin1', at, at + 4) !== 'PE\0\0') return 'is cut off or no library'
  if (file.readUInt16LE(at + 4) !== machines[process.arch])
    return `is of another processor (this one is ${process.arch})`
  if (!(file.readUInt16LE(at + 22) & LIBRARY)) return 'is no library'
  const sections = file.readUInt16LE(at + 6)
  const first = at + 24 + file.readUInt16LE(at + 20)
  if (first + sections * SECTION > file.length) return 'is cut off: its header tells of more than there is'
  for (let section = first; section < first + sections * SECTION; section += SECTION)
    if (file.readUInt32LE(section + 16) + file.readUInt32LE(section + 20) > file.length)
      return 'is cut off or damaged: a section goes beyond its end'
  return undefined
}
