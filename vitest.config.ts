import { join } from 'node:path'
import { configDefaults, defineConfig } from 'vitest/config'
import { wholeFiles } from './test/whole-files.ts'

/** Tests of what instruction sets multiply, which are also run on AMX and AVX-VNNI in plain code, whatever the processor has. */
const emulated = [
  'test/emulated/*.test.ts',
  'test/native/bfloat16.test.ts',
  'test/native/encoded-products.test.ts',
  'test/native/shifted-products.test.ts',
  'test/native/sparse-products.test.ts',
]

/**
 * Each mode has its part of the tests: `quick` what shows that a clone works (npm test), `whole` the rest (npm run test:whole). Without a
 * mode (npx vitest run test/language/text) every file is there.
 */
const parts: Record<string, { include: string[]; exclude: string[] }> = {
  quick: { include: ['test/**/*.test.ts'], exclude: wholeFiles },
  whole: { include: wholeFiles, exclude: [] },
}

export default defineConfig(({ mode }) => {
  const { include, exclude } = parts[mode] ?? { include: ['test/**/*.test.ts'], exclude: [] }
  const here = {
    extends: true as const,
    test: {
      name: 'here',
      include,
      // Tests of prebuilt addons read their files only; `npm run test:platforms` builds and runs the addons.
      exclude: [...configDefaults.exclude, 'test/emulated/**', 'test/platforms/!(files).test.ts', ...exclude],
      ...(mode === 'whole' && { env: { GLASSFORMER_TEST_WHOLE: '1' } }),
    },
  }
  const emulatedToo = {
    extends: true as const,
    test: {
      name: 'emulated',
      include: emulated,
      globalSetup: 'test/emulated/setup.ts',
      env: {
        GLASSFORMER_ADDON: join(import.meta.dirname, 'build-emulated/glassformer.node'),
        GLASSFORMER_TESTED_ISAS: 'avxvnni amx',
      },
    },
  }
  return {
    test: {
      pool: 'forks',
      // A file on every core: vitest would leave one to itself, which is half of two.
      maxWorkers: '100%',
      watch: false,
      // Tests compare what processes print, which has no colors, whatever the one that runs the tests asks of Node.
      env: { FORCE_COLOR: '0' },
      testTimeout: 120_000,
      hookTimeout: 120_000,
      teardownTimeout: 20_000,
      // A page waits for its model; on a busy machine for long.
      expect: { poll: { timeout: 30_000 } },
      // dist/ is run by Node as it is, not rewritten by Vite: workers, addons and import.meta.url are those a user gets.
      server: { deps: { external: [/\/dist\//] } },
      projects: mode === 'quick' ? [here] : [here, emulatedToo],
    },
  }
})
