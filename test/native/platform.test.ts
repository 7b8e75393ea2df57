import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { programLoader } from '../../src/engine/backend/native/elf.ts'
import { platformName } from '../../src/engine/backend/native/platform.ts'

const program = process.platform === 'linux' ? readFileSync(process.execPath).subarray(0, 4096) : Buffer.alloc(0)
const readelf = spawnSync('readelf', ['-lW', process.execPath], { encoding: 'utf8' })
const told = /Requesting program interpreter: ([^\]]+)\]/.exec(readelf.stdout ?? '')?.[1]

describe.skipIf(!told)("the loader of Node.js' program (needs readelf)", () => {
  it('is the one that readelf reads', () => {
    expect(programLoader(program)).toBe(told)
  })

  it('is unknown where the beginning of the file ends before it', () => {
    for (const bytes of [0, 3, 63, 64, 300, 848]) expect(programLoader(program.subarray(0, bytes))).toBeUndefined()
  })

  it('is unknown in a file of another kind', () => {
    expect(programLoader(Buffer.alloc(4096))).toBeUndefined()
    expect(programLoader(Buffer.from('MZ'.padEnd(4096, '\0')))).toBeUndefined()
  })
})

describe.skipIf(process.platform !== 'linux')('the platform', () => {
  it('has the C library that Node.js reports', () => {
    const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } }
    expect(platformName().endsWith('-musl')).toBe(header.glibcVersionRuntime === undefined)
  })
})
