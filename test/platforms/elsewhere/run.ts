/**
 * Runs test files of this project with a Node.js of another platform: `node run.mjs <name of a file> …`. Prints each failure, and at the end a
 * line of JSON with how many tests passed and failed.
 */
import { type File, startTests, type Task, type VitestRunner } from '@vitest/runner'

/** The files that can run elsewhere: those of plays and their bits, and of the golden sentences. */
const files: Record<string, () => Promise<unknown>> = {
  'every-op': () => import('../../engine/program/every-op.test.ts'),
  'same-bits': () => import('../../engine/program/same-bits.test.ts'),
  'sparse-products': () => import('../../native/sparse-products.test.ts'),
  'encoded-products': () => import('../../native/encoded-products.test.ts'),
  'embedded-golden': () => import('../../engine/decode/embedded-golden.test.ts'),
  'fr-en-golden': () => import('../../engine/decode/fr-en-golden.test.ts'),
  'wasm-int8': () => import('../../wasm/int8.test.ts'),
  'wasm-golden': () => import('../../wasm/golden.test.ts'),
}

/** JavaScript is the same everywhere, and emulated it takes hours: whatever plays natively, and what needs no player. */
const native = /^(?!(.* )?'js' )/

const hour = 3_600_000

const runner: VitestRunner = {
  config: {
    root: '/',
    setupFiles: [],
    name: undefined,
    passWithNoTests: false,
    testNamePattern: native,
    allowOnly: false,
    sequence: { seed: 1, hooks: 'stack', setupFiles: 'list' },
    chaiConfig: undefined,
    maxConcurrency: 1,
    testTimeout: hour,
    hookTimeout: hour,
    retry: 0,
    includeTaskLocation: false,
    tags: [],
    tagsFilter: undefined,
    strictTags: false,
  },
  importFile: (path) => files[path.replace(/^\//, '')](),
}

const testsOf = (task: Task): Task[] => ('tasks' in task ? task.tasks.flatMap(testsOf) : [task])
const nameOf = (task: Task): string => (task.suite ? `${nameOf(task.suite)} > ${task.name}` : task.name)

const run: File[] = await startTests(
  process.argv.slice(2).map((name) => `/${name}`),
  runner,
)
const tests = run.flatMap(testsOf)
const failed = [...tests, ...run].filter((task) => task.result?.state === 'fail')
for (const task of failed)
  console.log(
    `FAILED ${nameOf(task)}\n${task.result?.errors?.map(({ message, stack }) => stack ?? message).join('\n')}`,
  )
console.log(
  JSON.stringify({ passed: tests.filter((task) => task.result?.state === 'pass').length, failed: failed.length }),
)
process.exit(failed.length ? 1 : 0)
