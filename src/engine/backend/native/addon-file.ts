import { readFileSync, statSync } from 'node:fs'
import { elfFlaw, isSealed, sealFlaw } from './elf.ts'

/** Windows' libraries: PE of 64 bits. */

const machines: Partial<Record<NodeJS.Architecture, number>> = { x64: 0x8664, arm64: 0xaa64 }
const LIBRARY = 0x2000
const SECTION = 40

/** The reason why a PE file cannot be loaded, or undefined: it checks kind, machine, and the places of all sections. */
function peFlaw(file: Buffer): string | undefined {
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

/** macOS's libraries: Mach-O of 64 bits, signed page by page. */

const HEADER = 32
const processors: Partial<Record<NodeJS.Architecture, number>> = { x64: 0x0100_0007, arm64: 0x0100_000c }
const BUNDLE = 8
const DYNAMIC_LIBRARY = 6
const SEGMENT_64 = 0x19
const CODE_SIGNATURE = 0x1d

/** Numbers of the parts of a signature, which is big-endian. */
const EMBEDDED_SIGNATURE = 0xfade0cc0
const CODE_DIRECTORY = 0xfade0c02
const SHA256 = 2

/**
 * The reason why a Mach-O file cannot be loaded, or undefined: it checks kind, machine, the places of all segments, and the hash of every
 * page. macOS ends a process that touches a page with another hash than the signed one.
 */
export function machOFlaw(file: Buffer, arch = process.arch): string | undefined {
  if (file.length < HEADER) return 'is cut off'
  if (file.readUInt32LE(4) !== processors[arch]) return `is of another processor (this one is ${arch})`
  const kind = file.readUInt32LE(12)
  if (kind !== BUNDLE && kind !== DYNAMIC_LIBRARY) return 'is no library'
  const commands = commandsOf(file)
  if (!commands) return 'is cut off: its header tells of more than there is'
  for (const { at, command } of commands)
    if (command === SEGMENT_64 && file.readBigUInt64LE(at + 40) + file.readBigUInt64LE(at + 48) > BigInt(file.length))
      return 'is cut off or damaged: a segment goes beyond its end'
  const signature = commands.find(({ command }) => command === CODE_SIGNATURE)
  if (!signature) return arch === 'arm64' ? 'has no signature, which macOS demands' : undefined
  return signatureFlaw(file, file.readUInt32LE(signature.at + 8), file.readUInt32LE(signature.at + 12))
}

/** The load commands; undefined if they extend beyond the file. */
function commandsOf(file: Buffer): { at: number; command: number }[] | undefined {
  const commands: { at: number; command: number }[] = []
  let at = HEADER
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    if (at + 8 > file.length) return undefined
    const size = file.readUInt32LE(at + 4)
    if (size < 8 || at + size > file.length) return undefined
    commands.push({ at, command: file.readUInt32LE(at) })
    at += size
  }
  return commands
}

function signatureFlaw(file: Buffer, offset: number, bytes: number): string | undefined {
  if (offset + bytes > file.length) return 'is cut off: its signature goes beyond its end'
  const directory = codeDirectory(file.subarray(offset, offset + bytes))
  if (!directory) return 'is damaged: its signature cannot be read'
  const { hashes, pageBytes, limit } = directory
  const { createHash } = process.getBuiltinModule('node:crypto') // not imported: it takes milliseconds, which Linux need not wait for
  if (limit > offset) return 'is damaged: its signature signs itself'
  for (let page = 0; page * pageBytes < limit; page++) {
    const data = file.subarray(page * pageBytes, Math.min((page + 1) * pageBytes, limit))
    const signed = hashes.subarray(32 * page, 32 * page + 32)
    if (!createHash('sha256').update(data).digest().equals(signed))
      return `is damaged: page ${page} differs from its signature`
  }
  return undefined
}

/** The hashes of all pages, and the number of bytes that they cover. Undefined if they cannot be read, or are of another kind. */
function codeDirectory(signature: Buffer): { hashes: Buffer; pageBytes: number; limit: number } | undefined {
  if (signature.length < 12 || signature.readUInt32BE(0) !== EMBEDDED_SIGNATURE) return undefined
  const count = signature.readUInt32BE(8)
  for (let i = 0; i < count && 12 + 8 * i + 8 <= signature.length; i++) {
    const at = signature.readUInt32BE(12 + 8 * i + 4)
    if (at + 44 > signature.length || signature.readUInt32BE(at) !== CODE_DIRECTORY) continue
    const field = (offset: number) => signature.readUInt32BE(at + offset)
    const [hashOffset, slots, limit] = [field(16), field(28), field(32)]
    const [hashBytes, kind, pageBits] = [signature[at + 36], signature[at + 37], signature[at + 39]]
    const hashes = signature.subarray(at + hashOffset, at + hashOffset + 32 * slots)
    if (hashBytes !== 32 || kind !== SHA256 || hashes.length < 32 * slots || slots * 2 ** pageBits < limit) continue
    return { hashes, pageBytes: 2 ** pageBits, limit }
  }
  return undefined
}

/** The formats of libraries: the first bytes of a file, and the system that loads it. */
const formats = [
  { name: 'Linux', magic: '\x7fELF', platform: 'linux', flaw: elfFlaw },
  { name: 'macOS', magic: '\xcf\xfa\xed\xfe', platform: 'darwin', flaw: machOFlaw },
  { name: 'Windows', magic: 'MZ', platform: 'win32', flaw: peFlaw },
]

/**
 * The reason why the file at `path` is no addon that this process can load, or undefined. The system maps a file by its header: missing
 * pages would end the process, and damaged pages would be run.
 */
export function addonFileFlaw(path: string): string | undefined {
  // Opening a pipe would wait for a process that writes to it.
  if (!statSync(path).isFile()) return 'is not a file'
  const file = readFileSync(path)
  const format = formats.find(({ magic }) => file.toString('latin1', 0, magic.length) === magic)
  // Systems that are not in the list have formats of their own. The system refuses a file that is no library.
  if (!formats.some(({ platform }) => platform === process.platform)) return undefined
  if (!format) return file.length ? 'is no library' : 'is empty'
  if (format.platform !== process.platform) return `is a library of ${format.name}`
  return format.flaw(file) ?? (isSealed(file) ? sealFlaw(file) : undefined)
}
