import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { addonOf } from '../../scripts/prebuild/build.ts'
import { root } from '../repository/repository.ts'
import { machines, runOn } from './machines.ts'

/** With GLASSFORMER_TEST_SPEED=1: tokens a second on each instruction set. Where a processor is emulated, their ratios alone say something. */
describe.runIf(process.env.GLASSFORMER_TEST_SPEED).each(machines())('on $name', (machine) => {
  test('tokens a second', (context) => {
    context.skip(machine.skipped !== undefined, machine.skipped)
    context.skip(!existsSync(addonOf(machine.prebuilt)), `${machine.prebuilt} is not built: npm run prebuilds`)
    const addon = { GLASSFORMER_ADDON: addonOf(machine.prebuilt) }
    const play = (env: Record<string, string>) => {
      const { stdout, stderr } = runOn(machine, root, ['test/platforms/speed.mjs'], { ...addon, ...env })
      expect(stdout, stderr).toMatch(/^\{.*\}\s*$/)
      return JSON.parse(stdout) as { tokensPerSecond: number; isas: string[] }
    }
    const { isas } = play({})
    const speeds = isas.map((isa) => [isa, play({ GLASSFORMER_ISA: isa })] as const)
    for (const [name, { tokensPerSecond }] of [...speeds, ['js', play({ GLASSFORMER_BACKEND: 'js' })] as const])
      console.log(`${machine.name.padEnd(36)} ${name.padEnd(12)} ${tokensPerSecond.toFixed(0).padStart(6)} tokens/s`)
  })
})
