import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { findAddon, loadAddon } from '#dist/engine/backend/native/addon.js'
import { nativeReasons } from '../backends.ts'
import { ops } from './tiny-program.ts'

const folder = mkdtempSync(join(tmpdir(), 'glassformer-addon-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

const path = join(folder, 'glassformer.node')

/** The reason why a file of these bytes is rejected; 'loaded' if it is not. */
function reasonFor(bytes: Uint8Array): string {
  writeFileSync(path, bytes)
  return reasonAt(path)
}

function reasonAt(addon: string): string {
  vi.stubEnv('GLASSFORMER_ADDON', addon)
  const { reasons, loaded } = findAddon(ops)
  return loaded ? 'loaded' : reasons.join()
}

/** The first bytes of a 64-bit library for this machine number, followed by zeros. */
function elf(machine: number, kind = 3): Buffer {
  const file = Buffer.alloc(4096)
  file.write('\x7fELF\x02\x01\x01', 'latin1')
  file.writeUInt16LE(kind, 16)
  file.writeUInt16LE(machine, 18)
  return file
}

const thisMachine = process.arch === 'arm64' ? 183 : 62

describe.skipIf(process.platform !== 'linux')('a file that is not an addon for this machine', () => {
  it.each([
    ['nothing', Buffer.alloc(0), 'is empty'],
    ['text', Buffer.from('not a library'), 'is no library'],
    ['zeros', Buffer.alloc(100_000), 'is no library'],
    ['a program of Windows', Buffer.from(`MZ${'\0'.repeat(1000)}`), 'is a library of Windows'],
    ['a library of macOS', Buffer.from('cffaedfe0c000001', 'hex'), 'is a library of macOS'],
    ['a library of another processor', elf(thisMachine === 62 ? 183 : 62), 'is of another processor'],
    ['a library of 32 bits', elf(thisMachine).fill(1, 4, 5), 'is of another processor'],
    ['a program', elf(thisMachine, 2), 'is no shared library'],
    ['the beginning of a header', elf(thisMachine).subarray(0, 40), 'is cut off'],
  ])('is passed over with the reason: %s', (_, bytes, why) => {
    expect(reasonFor(bytes)).toContain(`${path} cannot be loaded: it ${why}`)
  })

  it('is skipped if it is a folder, or a pipe without a writer', () => {
    const inside = join(folder, 'folder.node')
    mkdirSync(inside)
    expect(reasonAt(inside)).toBe(`${inside} cannot be loaded: it is not a file`)
    const pipe = join(folder, 'pipe.node')
    if (spawnSync('mkfifo', [pipe]).status === 0)
      expect(reasonAt(pipe)).toBe(`${pipe} cannot be loaded: it is not a file`)
  })

  it('is skipped if it is a library that is not an addon', () => {
    const { header } = process.report.getReport() as unknown as { header: unknown }
    expect(header).toBeDefined()
    const library = (process.report.getReport() as unknown as { sharedObjects: string[] }).sharedObjects.find((name) =>
      /libm\b.*\.so/.test(name),
    )
    if (library) expect(reasonFor(readFileSync(library))).toMatch(/cannot be loaded: /)
  })
})

describe.skipIf(nativeReasons.length || process.platform !== 'linux')('a damaged addon', () => {
  const { binary } = nativeReasons.length ? { binary: '' } : loadAddon(ops)
  const whole = binary ? readFileSync(binary) : Buffer.alloc(1)

  it('is skipped wherever it is cut off', () => {
    const lengths = [
      1,
      3,
      4,
      63,
      64,
      1000,
      4096,
      ...Array.from({ length: 20 }, (_, i) => Math.floor((whole.length * i) / 20)),
      whole.length - 100,
    ]
    for (const length of lengths.filter((each) => each > 0))
      expect(reasonFor(whole.subarray(0, length)), `${length} bytes`).toMatch(
        /cannot be loaded: it is (cut off|no library)/,
      )
  })

  it.skipIf(whole.subarray(-12).toString('latin1') !== 'glassformer\n')(
    'is passed over wherever a byte of it has changed, or a page is lost',
    () => {
      for (let i = 1; i < 12; i++) {
        const at = Math.floor(((whole.length - 16) * i) / 12)
        const changed = Buffer.from(whole)
        changed[at] ^= 0x10
        expect(reasonFor(changed), `byte ${at}`).toMatch(/cannot be loaded: it is/)
        expect(reasonFor(Buffer.from(whole).fill(0, at, at + 4096)), `page at ${at}`).toMatch(/cannot be loaded: it is/)
      }
    },
  )

  it('is loaded if nothing is damaged', () => {
    // Under a name of its own: the system caches loaded libraries by name.
    const copy = join(folder, 'whole.node')
    writeFileSync(copy, whole)
    expect(reasonAt(copy)).toBe('loaded')
  })
})
