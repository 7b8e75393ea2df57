import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Mapping } from '#dist/engine/backend/interface/backend.js'
import { embeddedFolder } from '#dist/files/folders/layout/model-folder.js'
import { mapPacked, writePacked } from '#dist/files/folders/packed/packed-file.js'
import { Translator } from '#dist/index.js'
import { nativeReasons } from '../../backends.ts'
import { scratchFolder } from '../../formats/raw-safetensors.ts'

const scratch = scratchFolder()
const text = 'Il fait froid ce matin.'
const translation = "It's cold this morning."

let cache: string
let caches = 0
const before = process.env.GLASSFORMER_CACHE
beforeEach(() => {
  cache = join(scratch, `cache${caches++}`)
  process.env.GLASSFORMER_CACHE = cache
})
afterEach(() => {
  if (before === undefined) delete process.env.GLASSFORMER_CACHE
  else process.env.GLASSFORMER_CACHE = before
})

const packed = () => readdirSync(join(cache, 'packed')).filter((name) => name.endsWith('.packed'))

/** Loads a model, translates a sentence, and returns the file that holds its weights. */
async function translated(options: object, folder = embeddedFolder()): Promise<string | null> {
  await using translator = await Translator.load(folder, { backend: 'native', workers: 2, ...options })
  const found = await translator.translate([text, text])
  expect(found.map(({ text }) => text)).toEqual([translation, translation])
  expect(translator.translateSync(text).text).toBe(translation)
  return translator.model.mapped
}

describe.skipIf(nativeReasons.length || process.platform === 'win32')('packed weights in the cache', () => {
  it('are written once, and used where the model is loaded again in that precision', async () => {
    const file = await translated({ mapped: 'always' })
    expect(packed()).toHaveLength(1)
    expect(file).toBe(join(cache, 'packed', packed()[0]))
    const { ino } = statSync(file!)
    expect(await translated({ mapped: 'always' })).toBe(file)
    expect(statSync(file!).ino).toBe(ino)
    for (const precision of ['float32', 'bfloat16', 'int4'] as const) await translated({ mapped: 'always', precision })
    expect(packed()).toHaveLength(4)
    expect(statSync(file!).ino).toBe(ino)
  })

  it('are not made of small models by default, nor where they are switched off', async () => {
    expect(await translated({})).toBe(null)
    expect(await translated({ mapped: 'never' })).toBe(null)
    process.env.GLASSFORMER_CACHE = 'off'
    expect(await translated({ mapped: 'always' })).toBe(null)
    expect(existsSync(cache)).toBe(false)
  })

  it.each([
    [
      'with another bit in its weights',
      (file: string) => writeSync(openSync(file, 'r+'), Buffer.from([1, 2, 3]), 0, 3, 3_000_000),
    ],
    ['that is cut short', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 4_000_000))],
    ['that is another one', (file: string) => writeFileSync(file, 'something else')],
    [
      'with another bit and the times of before',
      (file: string) => {
        const { atime, mtime } = statSync(file)
        writeSync(openSync(file, 'r+'), Buffer.from([1, 2, 3]), 0, 3, 3_000_000)
        utimesSync(file, atime, mtime)
      },
    ],
  ])('a file %s is refused, and written again', async (_, damage) => {
    const file = (await translated({ mapped: 'always' }))!
    const whole = readFileSync(file)
    damage(file)
    expect(readFileSync(file).equals(whole)).toBe(false)
    expect(await translated({ mapped: 'always' })).toBe(file)
    expect(readFileSync(file).equals(whole)).toBe(true)
  })

  it('are read as a whole once: the checksum of a file that has not changed since is not computed again', () => {
    const path = join(scratch, 'once.packed')
    const values = Float32Array.from({ length: 1000 }, (_, i) => i)
    let computed = 0
    const mapping: Mapping = {
      map: () => values,
      checksum: () => `sum ${++computed}`,
      forget: () => {},
    }
    const header = { key: 'a key', folder: scratch, floats: 1000, checksum: 'sum 1' }
    const map = () => mapPacked(path, header, mapping)
    writePacked(path, header, values)
    expect([map(), map(), computed]).toEqual([values, values, 0]) // as it was written
    utimesSync(path, 1, 1)
    expect([map(), map(), computed]).toEqual([values, values, 1])
    expect(mapPacked(path, { ...header, key: 'another' }, mapping)).toBe(null)
    utimesSync(path, 2, 2)
    expect([map(), map(), computed]).toEqual([null, null, 3]) // the sum is another one now
  })

  it('of a folder that has changed are removed', async () => {
    const folder = join(scratch, 'model')
    cpSync(embeddedFolder(), folder, { recursive: true })
    const file = await translated({ mapped: 'always' }, folder)
    writeFileSync(join(folder, 'config.json'), readFileSync(join(folder, 'config.json'), 'utf8').replace(/\n$/, '\n\n'))
    const next = await translated({ mapped: 'always' }, folder)
    expect(next).not.toBe(file)
    expect(packed()).toHaveLength(1)
  })

  it('are left alone where the cache cannot be written', async () => {
    writeFileSync(cache, 'a file stands where the folder would')
    expect(await translated({ mapped: 'always' })).toBe(null)
  })

  it.skipIf(process.platform !== 'linux')('are in memory once for two processes (skipped without /proc)', async () => {
    const code = `
      import { readFileSync } from 'node:fs'
      import { Translator } from '#dist/index.js'
      const translator = await Translator.load(${JSON.stringify(embeddedFolder())}, { precision: 'float32', mapped: 'always', backend: 'native', workers: 2 })
      await translator.translate(['Merci.', 'Bonjour.'])
      const maps = readFileSync('/proc/self/smaps', 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m).filter((map) => map.includes('.packed'))
      const sum = (what) => maps.reduce((all, map) => all + Number(map.match(new RegExp('^' + what + ': +([0-9]+)', 'm'))[1]), 0)
      console.log(JSON.stringify({ rss: sum('Rss'), pss: sum('Pss'), own: sum('Private_Dirty') }))
      process.stdin.resume()`
    const start = async () => {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      const [line] = await once(child.stdout, 'data')
      return { child, ...(JSON.parse(String(line)) as { rss: number; pss: number; own: number }) }
    }
    const first = await start()
    const second = await start()
    for (const { child } of [first, second]) {
      child.stdin.end()
      child.kill()
    }
    expect(second.rss).toBeGreaterThan(25_000) // kB
    expect(second.pss).toBeLessThan(0.6 * second.rss)
    expect(second.own).toBe(0)
  })
})
