import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readJson, readText, root } from './repository.ts'

interface NativeSources {
  core: string[]
  kernels: string[]
  included: string[]
  mpi: string[]
  defines: string[]
  flags: { compiler: string[]; language: string[] }
  isa: Record<string, { architecture?: string; flags: string[] }>
  wasm: { flags: string[]; sources: string[]; without: string[] }
}

const list: NativeSources = readJson('native/sources.json')
const gyp = readText('binding.gyp')
const cmake = readText('CMakeLists.txt')
const instructionSets = Object.keys(list.isa)

/** The lines of a build file that are not comments. */
const code = (text: string) => text.replace(/^\s*#.*$/gm, '')

describe('native/sources.json', () => {
  test('lists every C++ file under native/ exactly once', () => {
    const onDisk = (readdirSync(join(root, 'native'), { recursive: true }) as string[])
      .filter((path) => /\.(cc|cpp|h|hpp|inc)$/.test(path))
      .map((path) => `native/${path}`)
    const listed = [list.core, list.kernels, list.included, list.mpi, list.wasm.sources].flat()
    expect(listed.toSorted()).toEqual(onDisk.toSorted())
  })

  test('compiles nothing with the flags of an instruction set except the kernels', () => {
    expect(list.core.filter((path) => /kernels|avx|sse|neon|amx/i.test(path))).toEqual([])
    for (const [name, { flags }] of Object.entries(list.isa))
      expect(
        flags.some((flag) => /^-[mD]/.test(flag)),
        name,
      ).toBe(name !== 'scalar')
  })
})

describe('both build files', () => {
  test('read the list and name no C++ file themselves', () => {
    for (const text of [gyp, cmake]) {
      expect(code(text)).toContain('native/sources.json')
      expect(code(text)).not.toMatch(/\.(cc|cpp|h)\b/)
    }
  })

  test('build each instruction set of the list, and no other', () => {
    const targets = [...gyp.matchAll(/'target_name': 'kernels_(\w+)'/g)].map((match) => match[1])
    expect(targets.toSorted()).toEqual(instructionSets.toSorted())
    for (const name of instructionSets) expect(gyp).toContain(`.isa.${name}.flags.join`)
    expect(gyp.split('.kernels.join')).toHaveLength(instructionSets.length + 1)

    for (const arch of ['x64', 'arm64']) {
      const listed = new RegExp(`"${arch}"\\)\\s+set\\(instruction_sets ([\\w ]+)\\)`).exec(cmake)?.[1].split(' ') ?? []
      const its = instructionSets.filter((name) => (list.isa[name].architecture ?? arch) === arch)
      expect(listed.toSorted()).toEqual(its.toSorted())
    }
  })

  test('link each instruction set that gyp builds', () => {
    const dependencies = [...gyp.matchAll(/'dependencies': \[([^\]]*)\]/g)].flatMap((match) => match[1].split(', '))
    expect(dependencies.toSorted()).toEqual(instructionSets.map((name) => `'kernels_${name}'`).toSorted())
  })

  test('take defines and flags from the list, and have none that decide what a sum rounds to', () => {
    expect(list.defines).toEqual(expect.arrayContaining(['NAPI_VERSION=8', 'NAPI_DISABLE_CPP_EXCEPTIONS']))
    expect(list.flags.language).toEqual(expect.arrayContaining(['-O3', '-fno-math-errno', '-ffp-contract=off']))
    for (const name of ['defines', 'flags.compiler', 'flags.language']) {
      expect(gyp).toContain(`.${name}.join`)
      expect(cmake).toContain(` ${name.replace('.', ' ')})`)
    }
    for (const text of [gyp, cmake]) {
      expect(code(text)).toContain('GLASSFORMER_OPENBLAS')
      expect(code(text)).toContain('GLASSFORMER_ACCELERATE')
      expect(code(text)).not.toMatch(/-ffast-math|-fno-math|-ffp-contract=\w|-march|-Ofast/)
    }
    expect(list.flags.language.join(' ')).not.toMatch(/-ffast-math|-Ofast|-march=native/)
  })
})

describe('the objects compiled for an instruction set', () => {
  const objects = join(root, 'build/Release/obj.target')
  const special = instructionSets.filter((name) => name !== 'scalar')

  test.for(special)(
    '%s: share no function with other objects, of which the linker could keep theirs',
    (name, context) => {
      const folder = join(objects, `kernels_${name}/native/kernels`)
      context.skip(!existsSync(folder), 'not built here by node-gyp')
      const files = (readdirSync(folder, { recursive: true }) as string[]).filter((file) => file.endsWith('.o'))
      const { status, stdout } = spawnSync('nm', ['-C', '--defined-only', ...files], { cwd: folder, encoding: 'utf8' })
      context.skip(status !== 0, 'no nm')
      expect(stdout).toMatch(/ [TtRrDd] /)
      const weak = stdout.split('\n').filter((line) => / [VWu] /.test(line))
      expect(weak.filter((line) => !line.includes(`::${name}::`))).toEqual([])
    },
  )

  test.for(instructionSets)(
    '%s: call no mathematics of the C library, which may differ between processors',
    (name, context) => {
      const folder = join(objects, `kernels_${name}/native/kernels`)
      context.skip(!existsSync(folder), 'not built here by node-gyp')
      const files = (readdirSync(folder, { recursive: true }) as string[]).filter((file) => file.endsWith('.o'))
      const { status, stdout } = spawnSync('nm', ['--undefined-only', ...files], { cwd: folder, encoding: 'utf8' })
      context.skip(status !== 0, 'no nm')
      expect(stdout).not.toMatch(/ U (exp|log|pow|sin|cos|tanh|erf|fma)\w*$/m)
    },
  )
})
