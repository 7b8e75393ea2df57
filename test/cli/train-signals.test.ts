import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

const address = new URL('../../dist/cli/train-signals.js', import.meta.url).href

/** The signal comes while JavaScript is busy, as it is when a vocabulary is trained: nobody has been told of it yet. */
const script = (name: string) => `
  import { SoftEnd } from '${address}'
  process.once('${name}', () => console.log('the listener before'))
  process.kill(process.pid, '${name}')
  const end = new SoftEnd(() => console.log('heard', end.status))
  end.listen()
  setTimeout(() => console.log(end.signal.aborted), 100)`

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])('%s that came before anyone was told of it ends the training softly all the same', (name, status) => {
  const run = spawnSync(process.execPath, ['--input-type=module', '--eval', script(name)], { encoding: 'utf8' })
  expect(run).toMatchObject({ status: 0, stdout: `heard ${status}\ntrue\n` })
})
