import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { wantsPanels } from '#dist/engine/weights/precision.js'
import { embeddedFolder } from '#dist/files/folders/layout/model-folder.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { backendInfo } from '#dist/use/translate/backend-info.js'
import { quickest } from './backend-names.ts'
import { lines } from './lines.ts'
import { packageUrl } from './script.ts'

/** The number of occurrences of `needle` in the writable memory of a process. */
function occurrences(pid: number, needle: Uint8Array): number {
  const maps = readFileSync(`/proc/${pid}/maps`, 'utf8').matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw/gm)
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  let count = 0
  for (const [, begin, end] of maps) {
    const start = BigInt(`0x${begin}`)
    const bytes = Buffer.alloc(Number(BigInt(`0x${end}`) - start))
    // Reserved memory that was never touched reads as zeros, and some of it cannot be read.
    let length = 0
    try {
      length = readSync(memory, bytes, 0, bytes.length, start)
    } catch {}
    const readable = bytes.subarray(0, length)
    for (let at = readable.indexOf(needle); at >= 0; at = readable.indexOf(needle, at + 1)) count++
  }
  closeSync(memory)
  return count
}

/** A process whose translator has started four workers, all of which have translated. */
async function pool(precision: string) {
  const code = `import { Translator } from ${JSON.stringify(packageUrl)}
    let workers = 0
    process.on('worker', () => workers++)
    const translator = await Translator.load(undefined, { backend: '${quickest}', precision: '${precision}', workers: 4 })
    await translator.translate(${JSON.stringify(Array(60).fill(lines).flat())}, { beams: 1, maxTokens: 2 })
    console.log(workers)
    process.stdin.resume()`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [workers] = await once(child.stdout, 'data')
  return { child, workers: Number(workers) }
}

describe.skipIf(process.platform !== 'linux')('a pool of workers (skipped without /proc)', () => {
  it.each(['int8', 'int4', 'bfloat16', 'float32'] as const)('holds one copy of weights in %s', async (precision) => {
    const panels = wantsPanels(backendInfo({ backend: quickest }))
    const { values } = loadFolder(embeddedFolder(), { precision, panels }).weights
    const middle = Math.floor(values.byteLength / 2)
    const needle = Buffer.from(new Uint8Array(values.buffer, middle, 1024))
    expect(new Set(needle).size).toBeGreaterThan(50)
    const { child, workers } = await pool(precision)
    try {
      expect(workers).toBe(4)
      expect(occurrences(child.pid!, needle)).toBe(1)
    } finally {
      child.stdin.end()
      child.kill()
    }
  })
})
