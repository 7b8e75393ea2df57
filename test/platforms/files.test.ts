import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { machOFlaw } from '#dist/engine/backend/native/addon-file.js'
import { isSealed, sealFlaw } from '#dist/engine/backend/native/elf.js'
import { addonOf } from '../../scripts/prebuild/build.ts'
import { EXPORTS, targets } from '../../scripts/prebuild/targets.ts'
import { root } from '../repository/repository.ts'
import { machOSymbols } from './mach-o-symbols.ts'

const reading = (program: string, args: readonly string[]) =>
  spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 26 })
const readelf = (...args: string[]) => reading('readelf', ['-W', ...args]).stdout
const hasTools = reading('readelf', ['--version']).status === 0

const of = (system: string) => Object.keys(targets).filter((name) => targets[name].system === system)
const LIBRARIES = /^(lib(c|m|dl|pthread|rt)\.so(\.\d)?|ld-linux-(x86-64|aarch64)\.so\.\d)$/
const lacks = (name: string) => (existsSync(addonOf(name)) ? undefined : `${name} is not built: npm run prebuilds`)

test.for(Object.keys(targets))('the addon of %s says nothing of the folder in which it was built', (name, context) => {
  context.skip(lacks(name) !== undefined, lacks(name))
  expect(readFileSync(addonOf(name)).includes(root)).toBe(false)
})

describe.each(of('linux'))('the addon of %s', (name) => {
  const path = addonOf(name)

  test('needs the C library alone, and no newer one than glibc 2.28', (context) => {
    context.skip(!hasTools, 'no readelf')
    context.skip(lacks(name) !== undefined, lacks(name))
    const needed = [...readelf('-d', path).matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, library]) => library)
    expect(needed.filter((library) => !LIBRARIES.test(library))).toEqual([])
    expect(needed).toContain(name.endsWith('-musl') ? 'libc.so' : 'libc.so.6')
    const versions = [...readelf('-V', path).matchAll(/GLIBC_(\d+)\.(\d+)/g)].map(
      ([, major, minor]) => 100 * +major + +minor,
    )
    expect(versions.filter((version) => version > 228)).toEqual([])
    expect(versions.length > 0).toBe(!name.endsWith('-musl'))
  })

  test('stays loaded when its worker ends, and exports what Node.js asks for', (context) => {
    context.skip(!hasTools, 'no readelf')
    context.skip(lacks(name) !== undefined, lacks(name))
    expect(readelf('-d', path)).toMatch(/FLAGS_1.*\bNODELETE\b/)
    const symbols = readelf('--dyn-syms', path).matchAll(/ (?:GLOBAL|WEAK) +DEFAULT +(?!UND)\S+ (\S+)/g)
    expect([...symbols].map(([, symbol]) => symbol).toSorted()).toEqual(EXPORTS)
  })
})

/** Symbols that the linker of macOS exports in any case: operators of memory, and the file's own address. */
const HARMLESS = /^(__Z(n[aw]|d[al]).*|___dso_handle|__mh_dylib_header)$/

describe.each(of('darwin'))('the addon of %s', (name) => {
  const { arch } = targets[name]

  test('is complete by the hashes of its signature, or by its seal', (context) => {
    context.skip(lacks(name) !== undefined, lacks(name))
    const file = readFileSync(addonOf(name))
    const flawOf = (bytes: Buffer) => machOFlaw(bytes, arch) ?? (isSealed(bytes) ? sealFlaw(bytes) : undefined)
    expect(flawOf(file)).toBeUndefined()
    const changed = Buffer.from(file)
    changed[20_000] ^= 1
    expect(flawOf(changed)).toMatch(arch === 'arm64' ? /is damaged: page \d+ differs/ : /is damaged: its checksum/)
  })

  test('exports what Node.js asks for, and needs Node.js and the system alone', (context) => {
    context.skip(lacks(name) !== undefined, lacks(name))
    const { exported, undefinedOnes, libraries } = machOSymbols(readFileSync(addonOf(name)))
    const ours = exported.filter((symbol) => !HARMLESS.test(symbol))
    expect(ours.toSorted()).toEqual(EXPORTS.map((symbol) => `_${symbol}`))
    expect(undefinedOnes.filter((symbol) => symbol.startsWith('_napi')).length).toBeGreaterThan(20)
    expect(libraries.filter((library) => !/^\/usr\/lib\/lib(System\.B|c\+\+\.1)\.dylib$/.test(library))).toEqual([])
  })
})

describe.each(of('win32'))('the addon of %s', (name) => {
  test('imports from Node.js and from the system, and exports what Node.js asks for', (context) => {
    context.skip(lacks(name) !== undefined, lacks(name))
    const { status, stdout } = reading('objdump', ['-p', addonOf(name)])
    context.skip(status !== 0, 'objdump does not read libraries of Windows')
    const libraries = [...stdout.matchAll(/DLL Name: (\S+)/g)].map(([, library]) => library.toLowerCase())
    expect(libraries).toContain('node.exe')
    expect(
      libraries.filter(
        (library) => !/^(node\.exe|kernel32\.dll|ntdll\.dll|advapi32\.dll|api-ms-win-crt-.*)$/.test(library),
      ),
    ).toEqual([])
    for (const symbol of EXPORTS) expect(stdout).toContain(symbol)
  })
})
