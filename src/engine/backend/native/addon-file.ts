import { readFileSync, statSync } from 'node:fs'
import { elfFlaw, isSealed, sealFlaw } from './elf.ts'
import { machOFlaw } from './mach-o.ts'
import { peFlaw } from './pe.ts'

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
