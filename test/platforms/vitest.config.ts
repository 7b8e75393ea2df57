import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** `npm run test:platforms`: the prebuilt addons, each run on what this machine has of its platform. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '../..'),
    include: ['test/platforms/*.test.ts'],
    watch: false,
    env: { FORCE_COLOR: '0' },
    // One at a time: an emulator takes minutes, and says nothing meanwhile.
    maxWorkers: 1,
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
    server: { deps: { external: [/\/dist\//] } },
  },
})
