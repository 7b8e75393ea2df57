import { existsSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { addonOf } from '../../scripts/prebuild/build.ts'
import { wasmFolder } from '../../scripts/prebuild/build-wasm.ts'
import { root } from '../repository/repository.ts'
import { sharedFolder } from '../shared-folder.ts'
import { bundleTests } from './elsewhere/bundle.ts'
import { machines, runOn } from './machines.ts'

/** Share of the random cases, seeded; GLASSFORMER_TEST_SHARE=1 runs all, which takes minutes for each file. */
const { GLASSFORMER_TEST_SHARE = '0.02' } = process.env

/** Every op beside plain mathematics, bits, products by zeros and in int8, and the golden sentences; of WebAssembly also relaxed SIMD. */
const ofWasm = ['wasm-int8', 'wasm-golden']
const files = ['every-op', 'same-bits', 'sparse-products', 'encoded-products', 'embedded-golden', ...ofWasm]

describe.each(machines())('on $name', (machine) => {
  let bundle: string
  beforeAll(async () => {
    bundle = await bundleTests()
  })

  const play = (name: string) =>
    runOn(machine, root, [bundle, name], {
      GLASSFORMER_ADDON: addonOf(machine.prebuilt),
      GLASSFORMER_TEST_SHARE,
      ...(sharedFolder && { GLASSFORMER_SHARED: sharedFolder }),
    })

  test.for(files)('%s: all tests pass', (name, context) => {
    context.skip(machine.skipped !== undefined, machine.skipped)
    context.skip(!existsSync(addonOf(machine.prebuilt)), `${machine.prebuilt} is not built: npm run prebuilds`)
    const lacksWasm = ofWasm.includes(name) && !existsSync(wasmFolder)
    context.skip(lacksWasm, 'WebAssembly is not built: npm run prebuilds -- --only wasm')
    const { stdout, stderr } = play(name)
    const last = stdout.trim().split('\n').at(-1)!
    expect(last, stdout + stderr).toMatch(/^\{"passed":\d+,"failed":0\}$/)
    expect(JSON.parse(last).passed).toBeGreaterThan(0)
  })
})
