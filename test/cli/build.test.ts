import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { root } from '../repository/repository.ts'
import { glassformer } from './command.ts'

const folder = scratchFolder()

describe('glassformer build', () => {
  // A build that works is tested on an installed package (test/repository/package.test.ts).
  test('says in one paragraph why it cannot, with status 1', async () => {
    const { code, stdout, stderr } = await glassformer(['build'], '', { PATH: '/nowhere', CXX: '' })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain('no C++ compiler')
  })

  test('says so where the package may not be written to', async () => {
    mkdirSync(join(folder, 'scripts'))
    writeFileSync(join(folder, 'build'), '') // no folder can be made here, not by root either
    const script = join(folder, 'scripts', 'native-build.mjs')
    copyFileSync(join(root, 'scripts', 'native-build.mjs'), script)
    const { buildNative } = await import(pathToFileURL(script).href)
    const { built, reason } = await buildNative({ log: () => {}, toolchain: { missing: [] } })
    expect(built).toBe(false)
    expect(reason).toContain(`${join(folder, 'build')} cannot be written to (EEXIST)`)
  })
})
