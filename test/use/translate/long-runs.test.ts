import { performance } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { quickest } from './backend-names.ts'
import { lines } from './lines.ts'
import { runScript } from './script.ts'

/** Overhead of a translation. */
describe.skipIf(quickest === 'js')('a long translation (skipped without the native backend)', () => {
  it('leaves the event loop free most of the time', async () => {
    await using translator = await Translator.load(undefined, { backend: quickest })
    const before = performance.eventLoopUtilization()
    await translator.translate(Array(170).fill(lines).flat(), { beams: 1 })
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5)
  })

  it('does not let the process grow', async () => {
    const { stdout } = await runScript(
      `const lines = ${JSON.stringify(lines)}
      const translator = await Translator.load(undefined, { backend: 'native', workers: 1 })
      const many = Array(100).fill(lines).flat()
      const sizes = []
      for (let round = 0; round < 4; round++) {
        await translator.translate(many, { beams: 1 })
        sizes.push(process.memoryUsage().rss)
      }
      console.log(JSON.stringify(sizes))`,
    )
    const [, second, , last] = JSON.parse(stdout)
    expect((last - second) / 2 ** 20).toBeLessThan(40)
  })
})
