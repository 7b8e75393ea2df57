export default { test: { include: ['realm.mjs'], globals: true, watch: false, testTimeout: 60_000 } }
