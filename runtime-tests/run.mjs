/**
 * Runs the program in every runtime, by every bundler and as every kind of executable, as far as npm has them for this
 * machine; says of the others why they are left out. `npm run test:runtimes -- --only Bun --only esbuild` runs some.
 */
import assert from 'node:assert/strict'
import { parseArgs } from 'node:util'
import { bundlers } from './bundlers.mjs'
import { executables } from './executables.mjs'
import { workerd } from './isolates.mjs'
import { lambda } from './lambda.mjs'
import { next } from './next.mjs'
import { newProject, pack, Skipped } from './place.mjs'
import { registry } from './registry.mjs'
import { runtimes } from './runtimes.mjs'

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, list: { type: 'boolean' } } })
const all = [...runtimes, ...bundlers, ...executables, next, lambda, workerd, registry]
const wanted = values.only?.length
  ? all.filter(({ name }) => values.only.some((only) => name.toLowerCase().includes(only.toLowerCase())))
  : all
if (!wanted.length) throw new Error(`--only ${values.only}: there are ${all.map(({ name }) => name).join('; ')}`)

/** The results of the program on every runtime. */
const expected = {
  text: 'I am a student.',
  sync: 'Thank you very much.',
  pieces: 2,
  streamed: "The weather is nice, and we're happy.",
  aborted: 'ERR_ABORTED',
  after: 'Where is the station?',
  document: '<p>I am <b>a student</b>.</p>',
  closed: 'ERR_CLOSED',
  served: 'I am a student.',
  page: true,
}

/** Compares the last line of JSON of the program's output with what it is to find; returns the backend. */
function check({ stdout, stderr }, backend) {
  const line = stdout.split('\n').findLast((each) => each.startsWith('{"text"'))
  assert.ok(line, `no result: ${stdout}${stderr}`)
  const { binary, reasons, ...found } = JSON.parse(line)
  assert.deepEqual(found, { ...expected, backend }, `${line}\n${stderr}`)
  if (backend !== 'native') assert.ok(reasons.length, 'it says why it is not native')
  return backend
}

if (values.list) console.log(wanted.map(({ name }) => name).join('\n'))
else {
  const project = await newProject(pack())
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const { name, backend = 'native', test } of wanted) {
    const began = performance.now()
    let outcome = 'passed'
    let words
    try {
      const result = await test({ project })
      words = typeof result === 'string' ? result : check(result, backend)
    } catch (error) {
      outcome = error instanceof Skipped ? 'skipped' : 'failed'
      words = outcome === 'skipped' ? error.message : error.stack
    }
    counts[outcome]++
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    console.log(`${outcome.padEnd(8)} ${name.padEnd(34)} ${seconds.padStart(6)} s  ${words}`)
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  process.exitCode = counts.failed ? 1 : 0
}
