/** Checks of linked files, before they are accepted as built. */
import { spawnSync } from 'node:child_process'
import type { Target } from './targets.ts'

/** By system: the fault in the header of a library; undefined where there is none. */
const headers: Record<Target['system'], (file: Buffer, arch: Target['arch']) => string | undefined> = {
  /** ELF-64, a shared object whose section table is within the file. */
  linux(file, arch) {
    if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2) return 'it is no ELF file of 64 bits'
    if (file.readUInt16LE(16) !== 3) return 'it is no shared object'
    if (file.readUInt16LE(18) !== { x64: 62, arm64: 183 }[arch]) return `it is not for ${arch}`
    const end = Number(file.readBigUInt64LE(40)) + file.readUInt16LE(58) * file.readUInt16LE(60)
    return end > file.length ? 'it is cut off' : undefined
  },
  /** Mach-O, with load commands within the file. */
  darwin(file, arch) {
    if (file.length < 32 || file.readUInt32LE(0) !== 0xfeedfacf) return 'it is no Mach-O file of 64 bits'
    if (file.readUInt32LE(4) !== { x64: 0x01000007, arm64: 0x0100000c }[arch]) return `it is not for ${arch}`
    return 32 + file.readUInt32LE(20) > file.length ? 'it is cut off' : undefined
  },
  /** PE, a library with sections within the file. */
  win32(file, arch) {
    const at = file.length < 64 || file.readUInt16BE(0) !== 0x4d5a ? file.length : file.readUInt32LE(60)
    if (at + 24 > file.length || file.readUInt32BE(at) !== 0x50450000) return 'it is no PE file'
    if (file.readUInt16LE(at + 4) !== { x64: 0x8664, arm64: 0xaa64 }[arch]) return `it is not for ${arch}`
    if (!(file.readUInt16LE(at + 22) & 0x2000)) return 'it is no library'
    const sections = at + 24 + file.readUInt16LE(at + 20)
    for (let i = 0; i < file.readUInt16LE(at + 6); i++) {
      const section = sections + 40 * i
      if (section + 40 > file.length || file.readUInt32LE(section + 16) + file.readUInt32LE(section + 20) > file.length)
        return 'it is cut off'
    }
    return undefined
  },
}

/** The fault in the addon of a target; undefined where there is none. */
export const addonFlaw = (file: Buffer, { system, arch }: Pick<Target, 'system' | 'arch'>) =>
  headers[system](file, arch)

/** Whether this process could load the addon of a target. */
export function isOfThisMachine(name: string): boolean {
  const isMusl =
    process.platform === 'linux' &&
    !(process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header.glibcVersionRuntime
  return name === `${process.platform}-${process.arch}${isMusl ? '-musl' : ''}`
}

/** The error of Node.js where it cannot load an addon; undefined where it can. */
export function loadFlaw(path: string): string | undefined {
  const script = 'process.dlopen({ exports: {} }, process.argv[1])'
  const { status, stderr } = spawnSync(process.execPath, ['-e', script, path], { encoding: 'utf8' })
  if (status === 0) return undefined
  return `it does not load (${/Error: .*/.exec(stderr)?.[0] ?? `exit status ${status}`})`
}

/** The fault in a WebAssembly module. Engines that lack relaxed SIMD cannot compile a module that has it. */
export function wasmFlaw(file: Buffer, { isRelaxed }: { isRelaxed: boolean }): string | undefined {
  if (file.length < 8 || file.readUInt32BE(0) !== 0x0061736d || file.readUInt32LE(4) !== 1)
    return 'it is no module of WebAssembly'
  return isRelaxed || WebAssembly.validate(new Uint8Array(file)) ? undefined : 'the engine refuses it'
}
