import { closeSync, openSync, readSync } from 'node:fs'
import { programLoader } from './elf.ts'

/** The platforms for which the package carries an addon; scripts/prebuild/targets.ts builds them. */
export const prebuiltPlatforms = [
  'linux-x64',
  'linux-x64-musl',
  'linux-arm64',
  'darwin-arm64',
  'darwin-x64',
  'win32-x64',
] as const

/** This process's platform by the names above: 'linux-x64', and 'linux-x64-musl' where the C library is musl. */
export function platformName(): string {
  const name = `${process.platform}-${process.arch}`
  return process.platform === 'linux' && isMusl() ? `${name}-musl` : name
}

/** Bytes at the beginning of a program in which linkers put the path of its loader. */
const BEGINNING = 4096

/** Whether the C library is musl, by the loader of this program, which is musl's or glibc's own; a report of Node.js takes 5 ms. */
function isMusl(): boolean {
  const loader = programLoader(beginningOf(process.execPath))
  if (loader?.includes('ld-musl')) return true
  if (loader?.includes('ld-linux')) return false
  return isMuslByReport()
}

/** The first bytes of a file; fewer where it is shorter, and none where it cannot be read. */
function beginningOf(path: string): Buffer {
  const bytes = Buffer.alloc(BEGINNING)
  try {
    const descriptor = openSync(path, 'r')
    try {
      return bytes.subarray(0, readSync(descriptor, bytes))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return bytes.subarray(0, 0)
  }
}

/** The members of process.report that are used; @types/node of Node.js 20 lacks `excludeNetwork`. */
interface Report {
  excludeNetwork?: boolean
  getReport(): object
}

/** Node.js reports the version of its glibc, and none on musl. Interfaces of the network, which take long, are left out. */
function isMuslByReport(): boolean {
  const report = process.report as Report | undefined
  if (!report) return false
  const { excludeNetwork } = report
  report.excludeNetwork = true
  try {
    const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } }
    return header !== undefined && header.glibcVersionRuntime === undefined
  } finally {
    report.excludeNetwork = excludeNetwork
  }
}
