import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { wasmFiles } from '#dist/engine/backend/wasm/builds.js'
import { openHome } from '#dist/engine/backend/wasm/node/open-home.js'
import { wasmBackends } from '../backends.ts'
import { ops } from '../native/tiny-program.ts'
import { root } from '../repository/repository.ts'

describe.skipIf(!wasmBackends.length)('a file of WebAssembly', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glassformer-wasm-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const path = join(folder, wasmFiles.simd128)
  const restore = () => {
    rmSync(path, { force: true })
    copyFileSync(join(root, 'wasm', wasmFiles.simd128), path)
  }
  const reasonsOf = (names: Iterable<string> = ops) => openHome(names, 'simd128', folder).reasons

  it('is loaded from its place', () => {
    restore()
    expect(openHome(ops, 'simd128', folder).home).toMatchObject({ binary: path, isas: ['simd128'] })
  })

  it.each<[what: string, damage: () => void, reason: RegExp]>([
    ['is missing', () => rmSync(path), /does not exist/],
    ['has lost its end', () => truncateSync(path, 100_000), /cannot be loaded: it is damaged: its end is missing/],
    ['is empty', () => truncateSync(path, 0), /it is damaged/],
    ['has a byte that differs', () => flip(300_000), /cannot be loaded: it is damaged: its checksum differs/],
    ['is something else', () => writeFileSync(path, 'some text'), /it is damaged/],
  ])('that %s is passed over with the reason', (_, damage, reason) => {
    restore()
    damage()
    expect(reasonsOf()).toEqual([expect.stringMatching(reason)])
  })

  it('of another version is passed over with the reason', () => {
    restore()
    expect(reasonsOf([...ops, 'fourier(x) -> y'])).toEqual([
      `${path} is of another version: it lacks fourier(x) -> y: make it again`,
    ])
  })

  function flip(at: number): void {
    const file = readFileSync(path)
    file[at] ^= 4
    writeFileSync(path, file)
  }
})
