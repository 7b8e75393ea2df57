import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { addonFlaw, loadFlaw, wasmFlaw } from '../../scripts/prebuild/flaw.ts'
import { progressLines } from '../../scripts/progress-lines.mjs'
import { root } from './repository.ts'

const folder = mkdtempSync(join(tmpdir(), 'glassformer-built-files-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('an addon before it is taken for built', () => {
  const path = join(root, 'build/Release/glassformer.node')
  const isHere = process.platform === 'linux' && existsSync(path)
  const here = { system: 'linux', arch: process.arch as 'x64' | 'arm64' } as const

  test.skipIf(!isHere)('is accepted where it is complete', () => {
    expect(addonFlaw(readFileSync(path), here)).toBeUndefined()
    expect(loadFlaw(path)).toBeUndefined()
  })

  test.skipIf(!isHere)('is refused where it is truncated, or of another processor', () => {
    const whole = readFileSync(path)
    expect(addonFlaw(whole.subarray(0, whole.length >> 1), here)).toBe('it is cut off')
    expect(addonFlaw(whole, { ...here, arch: here.arch === 'x64' ? 'arm64' : 'x64' })).toMatch(/^it is not for/)
  })

  test.each(['linux', 'darwin', 'win32'] as const)(
    'is refused where nothing, or something else, was written: %s',
    (system) => {
      for (const file of [
        Buffer.alloc(0),
        Buffer.alloc(5000),
        Buffer.from('MZ'),
        Buffer.from('not a library'.repeat(50)),
      ])
        expect(addonFlaw(file, { system, arch: 'x64' })).toMatch(/^it is no /)
    },
  )

  test('is refused where Node.js does not load it', () => {
    const empty = join(folder, 'empty.node')
    writeFileSync(empty, '')
    expect(loadFlaw(empty)).toMatch(/^it does not load \(.*(file too short|Error)/)
  })
})

test('a module of WebAssembly is refused where it is empty, or damaged', () => {
  const module = Buffer.from('0061736d01000000', 'hex')
  expect(wasmFlaw(module, { isRelaxed: false })).toBeUndefined()
  for (const file of [Buffer.alloc(0), Buffer.from('0061736d02000000', 'hex')])
    expect(wasmFlaw(file, { isRelaxed: true })).toBe('it is no module of WebAssembly')
  expect(wasmFlaw(Buffer.concat([module, Buffer.from([99])]), { isRelaxed: false })).toBe('the engine refuses it')
})

test('a lock is held by one process at a time, and a process that waits says so once', async () => {
  const log = join(folder, 'log')
  const program = `import { appendFileSync } from 'node:fs'
    import { setTimeout } from 'node:timers/promises'
    import { takeLock } from ${JSON.stringify(pathToFileURL(join(root, 'scripts/lock.mjs')).href)}
    const release = await takeLock(process.argv[1], () => console.log('waiting'))
    appendFileSync(process.argv[2], 'in ')
    await setTimeout(100)
    appendFileSync(process.argv[2], 'out ')
    release()`
  const args = ['--input-type=module', '-e', program, join(folder, 'locks/lock'), log]
  const said = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      const [texts] = await Promise.all([child.stdout.toArray(), once(child, 'exit')])
      return texts.join('')
    }),
  )
  expect(readFileSync(log, 'utf8')).toBe('in out in out in out ')
  expect(said.filter((text) => text !== '' && text !== 'waiting\n')).toEqual([])
})

test('progress is printed for the first file, for the last, and in between every five seconds', () => {
  const said: string[] = []
  let now = 0
  const progress = progressLines(
    (words) => said.push(words),
    () => now,
  )
  for (let done = 1; done <= 9; done++) {
    progress({ done, total: 9, file: `file${done}` })
    now += 2000
  }
  expect(said).toEqual(['1 of 9: file1', '4 of 9: file4', '7 of 9: file7', '9 of 9: file9'])
})
