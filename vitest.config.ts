import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // A file on every core: vitest would leave one to itself, which is half of two.
    maxWorkers: '100%',
    watch: false,
    // Tests compare what processes print, which has no colours, whatever the one that runs the tests asks of Node.
    env: { FORCE_COLOR: '0' },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    // dist/ is run by Node as it is, not rewritten by Vite: workers, addons and import.meta.url are those a user gets.
    server: { deps: { external: [/\/dist\//] } },
  },
})
