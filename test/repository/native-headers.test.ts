import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { findToolchain } from '../../scripts/native-build.mjs'
import { readJson, root } from './repository.ts'

/** A slow machine, or a busy one, takes minutes. */
const TIMEOUT = 900_000

const { isa }: { isa: Record<string, { architecture?: string; flags: string[] }> } = readJson('native/sources.json')
const { compiler } = findToolchain()
const [program, ...first] = compiler?.split(' ') ?? []
const run = promisify(execFile)

/** Vectors of an instruction set, and what emulates it, are of that one alone. */
const sets: Record<string, RegExp> = {
  scalar: /_scalar\.h$|lanes_by_bits|four_lanes|part_of_halves/,
  avx2: /_avx2\.h$|lanes_by_bits|set_bits|emulated_vnni/,
  avx512: /_avx512\.h$|emulated_amx/,
  neon: /_neon\.h$|lanes_by_bits|set_bits|four_lanes|part_of_halves/,
  wasm: /_wasm\.h$|lanes_by_bits|set_bits|four_lanes|part_of_halves/,
}
const headers = ['kernels', 'simd', 'generated']
  .flatMap((folder) =>
    (readdirSync(join(root, 'native', folder), { recursive: true }) as string[]).map((path) => `${folder}/${path}`),
  )
  // For the core: its standard library is parsed for no instruction set.
  .filter((path) => path.endsWith('.h') && path !== 'generated/rows.h')
const isOf = (set: string, path: string) =>
  sets[set].test(path) || !Object.values(sets).some((own) => path.startsWith('simd/') && own.test(path))

const folder = mkdtempSync(join(tmpdir(), 'glassformer-headers-'))
afterAll(() => rmSync(folder, { recursive: true }))

/**
 * The compiler's messages about the headers, a few at a time. Intrinsics are parsed once: they take longer than all
 * else.
 */
async function errorsOf(set: string, flags: readonly string[], paths: readonly string[]): Promise<string[]> {
  const all = [...first, '-std=c++17', `-I${join(root, 'native')}`, ...flags.filter((flag) => !flag.startsWith('-W'))]
  const own = join(folder, set)
  mkdirSync(own)
  const intrinsics = join(own, 'intrinsics.h')
  const name = process.arch === 'x64' ? 'immintrin.h' : 'arm_neon.h'
  writeFileSync(intrinsics, flags.length ? `#include <${name}>\n` : '')
  await run(program, [...all, '-x', 'c++-header', intrinsics, '-o', `${intrinsics}.gch`])
  const left = [...paths]
  const errors: string[] = []
  const worker = async () => {
    for (let path = left.shift(); path; path = left.shift()) {
      const source = join(own, `${basename(path)}.cc`)
      writeFileSync(source, `#include "${path}"\n`)
      await run(program, [...all, '-fsyntax-only', '-include', intrinsics, source]).catch(({ stderr }) =>
        errors.push(`${path} alone:\n${stderr}`),
      )
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
  return errors
}

describe.skipIf(!program)('each header of kernels and vectors compiles by itself', () => {
  test.for(Object.entries(isa).filter(([, { architecture = process.arch }]) => architecture === process.arch))(
    '%s',
    { timeout: TIMEOUT },
    async ([set, { flags }]) => {
      expect(
        await errorsOf(
          set,
          flags,
          headers.filter((path) => isOf(set, path)),
        ),
      ).toEqual([])
    },
  )
})

test('the instruction set is chosen in one header', () => {
  expect(headers.filter((path) => path.startsWith('simd/simd')).sort()).toEqual(
    ['simd/simd.h', ...[...Object.keys(isa), 'wasm'].map((set) => `simd/simd_${set}.h`)].sort(),
  )
})
