import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { findAddon, loadAddon } from '#dist/engine/backend/native/addon.js'
import { nativeReasons } from '../backends.ts'
import { makePlayer, ops, refusal } from './tiny-program.ts'

const avx2 = ['avx2', 'fma']
const avx512 = [...avx2, 'avx512f', 'avx512bw', 'avx512dq', 'avx512vl']
const avx512bf16 = [...avx512, 'avx512_vnni', 'avx512_bf16']
/** The flags in /proc/cpuinfo that an instruction set needs. */
const flagsOf: Record<string, readonly string[]> = {
  scalar: [],
  avx2,
  avxvnni: [...avx2, 'avx_vnni'],
  avx512,
  avx512vnni: [...avx512, 'avx512_vnni'],
  avx512bf16,
  amx: [...avx512bf16, 'amx_tile', 'amx_int8', 'amx_bf16'],
  neon: ['asimd'],
  neondot: ['asimd', 'asimddp'],
}
/** In ascending order. */
const instructionSets = Object.keys(flagsOf)

afterEach(() => vi.unstubAllEnvs())

describe('a missing addon', () => {
  it('is refused with its path', () => {
    vi.stubEnv('GLASSFORMER_ADDON', '/nowhere/glassformer.node')
    expect(findAddon(ops)).toEqual({ loaded: null, reasons: ['/nowhere/glassformer.node does not exist'] })
    const { code, message } = refusal(() => loadAddon(ops))
    expect(code).toBe('ERR_BACKEND')
    expect(message).toContain('/nowhere/glassformer.node does not exist')
  })

  it("is refused with the system's message if it is not a library", () => {
    const folder = mkdtempSync(join(tmpdir(), 'glassformer-addon-'))
    const path = join(folder, 'glassformer.node')
    writeFileSync(path, 'not a library')
    vi.stubEnv('GLASSFORMER_ADDON', path)
    const { reasons } = findAddon(ops)
    rmSync(folder, { recursive: true })
    expect(reasons).toHaveLength(1)
    expect(reasons[0]).toMatch(/glassformer\.node cannot be loaded: .+/)
  })

  it.skipIf(nativeReasons.length)('is refused with the missing option if Node.js may not load addons', () => {
    const address = JSON.stringify(new URL('../../dist/index.js', import.meta.url))
    const code = `import { backendInfo } from ${address}; console.log(backendInfo({ backend: 'auto' }).reasons[0])`
    const { stdout } = spawnSync(process.execPath, ['--no-addons', '--input-type=module', '--eval', code], {
      encoding: 'utf8',
    })
    expect(stdout).toMatch(/glassformer\.node may not be loaded: node --permission needs --allow-addons for it/)
  })

  it('is refused with the missing ops if it has been built from older sources', () => {
    const folder = mkdtempSync(join(tmpdir(), 'glassformer-addon-'))
    const path = join(folder, 'older.cjs')
    vi.stubEnv('GLASSFORMER_ADDON', path)
    writeFileSync(path, `exports.info = () => ({ ops: ${JSON.stringify(ops)} }); exports.Player = class {}`)
    const { reasons } = findAddon(ops)
    rmSync(folder, { recursive: true })
    expect(reasons).toEqual([
      `${path} is of another version, and lacks firstMultiple, prepare, packRows, packQuantized, packInt4, mapFile, checksum, forget: build it again`,
    ])
  })
})

describe.skipIf(nativeReasons.length)('the addon', () => {
  it('reports its library, instruction sets, ops and cores', () => {
    const { info, binary } = loadAddon(ops)
    expect(binary).toMatch(/glassformer\.node$/)
    expect(info.blas).toMatch(/^(none|accelerate|openblas \d+\.\d+\.\d+.*)$/)
    expect(instructionSets.filter((isa) => info.isas.includes(isa))).toEqual(info.isas)
    expect(info.ops.toSorted()).toEqual(ops.toSorted())
    expect(info.cores).toBeGreaterThanOrEqual(1)
  })

  it('is refused with the names of the ops that it lacks', () => {
    const { code, message } = refusal(() => loadAddon([...ops, 'convolution', 'fourier']))
    expect(code).toBe('ERR_BACKEND')
    expect(message).toContain('is of another version, and lacks convolution, fourier: build it again')
  })

  it.each([
    ['operands that have changed places', 'add(a, b)', 'add(b, a)'],
    ['an operand of another flag', 'add(a, b)', 'add(a, b: written)'],
    ['an operand of another name', 'rmsNorm(x, gamma;', 'rmsNorm(x, scale;'],
    ['words of an attribute that have changed places', 'over: all|others', 'over: others|all'],
    ['another output', '-> normed', '-> out'],
  ])('is refused with both signatures where the op table has %s', (_, its, ours) => {
    const op = ops.find((signature) => signature.includes(its))!
    const other = op.replace(its, ours)
    const { code, message } = refusal(() => loadAddon(ops.map((each) => (each === op ? other : each))))
    expect(code).toBe('ERR_BACKEND')
    expect(message).toContain(`is of another version: it has ${op}, where the op table has ${other}: build it again`)
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

  it.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
    'has every instruction set that Linux tells of',
    () => {
      const flags = readFileSync('/proc/cpuinfo', 'utf8')
        .match(/^flags\s*:(.*)$/m)![1]
        .split(' ')
      const told = instructionSets.filter((isa) => flagsOf[isa].every((flag) => flags.includes(flag)))
      expect(loadAddon(ops).info.isas).toEqual(expect.arrayContaining(told))
    },
  )

  it('refuses an instruction set that it does not have, and names those it has', () => {
    const { isas } = loadAddon(ops).info
    for (const isa of ['avx1024', ...instructionSets.filter((isa) => !isas.includes(isa))]) {
      vi.stubEnv('GLASSFORMER_ISA', isa)
      expect(refusal(() => makePlayer())).toEqual({
        code: 'ERR_OPTION',
        message: `instruction set '${isa}' is not available here; there are: ${isas.join(', ')}`,
      })
    }
  })

  it('uses no BLAS for the scalar kernels and if GLASSFORMER_BLAS is off, as for a build', () => {
    expect(blasOf({ isa: 'scalar' })).toBe('none')
    vi.stubEnv('GLASSFORMER_BLAS', 'off')
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

describe.skipIf(nativeReasons.length)('a player of the addon', () => {
  it('refuses an option of another type, and unknown products', () => {
    const { Player } = loadAddon(ops).addon
    for (const options of [undefined, 3, { threads: '1' }, { threads: 1, isa: 1 }, { threads: 1, blas: 1 }])
      expect(refusal(() => new Player(options as never)).code).toBe('ERR_OPTION')
    expect(refusal(() => new Player({ threads: 1, products: 'float16' })).message).toBe(
      "products in 'float16': it is 'float32' or 'bfloat16'",
    )
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
