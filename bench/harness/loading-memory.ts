import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BenchModel, type Precision, writeModel } from './models.ts'

/** A process that loads a model and reports its memory before, after, and at the maximum. */
const PROGRAM = `import { readFileSync } from 'node:fs'
  import { Translator } from '#dist/use/translate/translator.js'
  const [folder, precision] = process.argv.slice(1)
  const most = () => 1024 * Number(/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
  const before = process.memoryUsage.rss()
  const translator = await Translator.load(folder, { precision, workers: 1 })
  console.log(JSON.stringify({ before, loaded: process.memoryUsage.rss(), most: most() }))
  await translator.close()`

/**
 * Memory for loading a model stored in float32, in each precision, relative to a process that has loaded none. Linux
 * only.
 */
export function loadingMemory(model: BenchModel, precisions: readonly Precision[]): string[] {
  if (process.platform !== 'linux') return []
  const folder = mkdtempSync(join(tmpdir(), 'glassformer-hub-'))
  try {
    writeModel(folder, model)
    const stored = statSync(join(folder, 'model.safetensors')).size
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`
    return precisions.map((precision) => {
      const given = ['--input-type=module', '--eval', PROGRAM, '--', folder, precision]
      const { status, stdout, stderr } = spawnSync(process.execPath, given, {
        encoding: 'utf8',
        cwd: new URL('../..', import.meta.url),
      })
      if (status !== 0) throw new Error(stderr)
      const { before, loaded, most } = JSON.parse(stdout)
      const sizes = `${megabytes(loaded - before)} of memory once loaded, ${megabytes(most - before)} at most`
      return `${model.name} ${precision}: ${sizes}; its float32 weights are stored in ${megabytes(stored)}`
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
