import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    watch: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    // dist/ is run by Node as it is, not rewritten by Vite: workers, addons and import.meta.url are those a user gets.
    server: { deps: { external: [/\/dist\//] } },
  },
})
