import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { findAddon, loadAddon } from '#dist/backend/native/addon.js'
import { nativeReasons } from '../backends.ts'
import { makePlayer, ops, refusal } from './tiny-program.ts'

afterEach(() => vi.unstubAllEnvs())

describe('an addon that is not there', () => {
  it('is refused with its path', () => {
    vi.stubEnv('GLASSFORMER_ADDON', '/nowhere/glassformer.node')
    expect(findAddon(ops)).toEqual({ loaded: null, reasons: ['/nowhere/glassformer.node does not exist'] })
    const { code, message } = refusal(() => loadAddon(ops))
    expect(code).toBe('ERR_BACKEND')
    expect(message).toContain('/nowhere/glassformer.node does not exist')
  })

  it('is refused with what the system says where it is no library', () => {
    const folder = mkdtempSync(join(tmpdir(), 'glassformer-addon-'))
    const path = join(folder, 'glassformer.node')
    writeFileSync(path, 'not a library')
    vi.stubEnv('GLASSFORMER_ADDON', path)
    const { reasons } = findAddon(ops)
    rmSync(folder, { recursive: true })
    expect(reasons).toHaveLength(1)
    expect(reasons[0]).toMatch(/glassformer\.node cannot be loaded: .+/)
  })
})

describe.skipIf(nativeReasons.length)('the addon', () => {
  it('tells its library, instruction sets, ops and cores', () => {
    const { info, binary } = loadAddon(ops)
    expect(binary).toMatch(/glassformer\.node$/)
    expect(info.blas).toMatch(/^(none|accelerate|openblas \d+\.\d+\.\d+.*)$/)
    const isas = ['scalar', 'avx2', 'avx512', 'avx512vnni', 'avx512bf16']
    expect(isas.slice(0, info.isas.length)).toEqual(info.isas)
    expect(info.ops.toSorted()).toEqual(ops.toSorted())
    expect(info.cores).toBeGreaterThanOrEqual(1)
  })

  it('is refused by the names of the ops that it lacks', () => {
    const { code, message } = refusal(() => loadAddon([...ops, 'convolution', 'fourier']))
    expect(code).toBe('ERR_BACKEND')
    expect(message).toContain('lacks the ops convolution, fourier')
  })

  it('chooses the highest instruction set, unless GLASSFORMER_ISA or an option names another', () => {
    const { info } = loadAddon(ops)
    vi.stubEnv('GLASSFORMER_ISA', '')
    expect(isaOf({})).toBe(info.isas.at(-1))
    for (const isa of info.isas) {
      vi.stubEnv('GLASSFORMER_ISA', isa)
      expect(isaOf({})).toBe(isa)
    }
    expect(isaOf({ isa: 'scalar' })).toBe('scalar')
  })

  it('refuses an instruction set that it has not, and names those it has', () => {
    const { isas } = loadAddon(ops).info
    vi.stubEnv('GLASSFORMER_ISA', 'avx1024')
    expect(refusal(() => makePlayer())).toEqual({
      code: 'ERR_OPTION',
      message: `instruction set 'avx1024' is not available here; there are: ${isas.join(', ')}`,
    })
  })

  it('does without BLAS for the scalar kernels and where GLASSFORMER_BLAS is none', () => {
    expect(blasOf({ isa: 'scalar' })).toBe('none')
    vi.stubEnv('GLASSFORMER_BLAS', 'none')
    expect(blasOf({})).toBe('none')
    vi.stubEnv('GLASSFORMER_BLAS', 'mkl')
    expect(refusal(() => makePlayer()).code).toBe('ERR_OPTION')
  })

  it('uses no more threads than there are cores, and at least one', () => {
    const { cores } = loadAddon(ops).info
    const player = makePlayer({ threads: 1_000_000 })
    expect(player.info.threads).toBe(cores)
    player.close()
    for (const threads of [0, -1, 1.5, NaN, '2' as never])
      expect(refusal(() => makePlayer({ threads })).code).toBe('ERR_OPTION')
  })
})

function isaOf(options: { isa?: string }): string {
  const player = makePlayer(options)
  player.close()
  return player.info.isa
}

function blasOf(options: { isa?: string }): string {
  const player = makePlayer(options)
  player.close()
  return player.info.blas
}
