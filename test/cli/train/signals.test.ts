import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'

const address = JSON.stringify(new URL('../../../dist/cli/train/run.js', import.meta.url))

/** The exit of a process that receives a signal while JavaScript is busy, and then continues with `then`. */
function busy(name: NodeJS.Signals, then: string) {
  const code = `
    import { SoftEnd } from ${address}
    process.once('${name}', () => process.exit(9))
    const end = new SoftEnd(() => console.log('heard', end.status))
    ${then}
    process.kill(process.pid, '${name}')
    console.log('busy')
    setTimeout(() => console.log('stopping', end.signal.aborted), 100)`
  return spawnSync(process.execPath, ['--input-type=module', '--eval', code], { encoding: 'utf8' })
}

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGUSR2', 140],
] as const)('%s', (name, status) => {
  test('ends the process at once before the first step, even while JavaScript is busy', () => {
    expect(busy(name, '')).toMatchObject({ status: null, signal: name, stdout: '' })
  })

  test('ends the training gracefully once it listens', () => {
    expect(busy(name, 'end.listen()')).toMatchObject({ status: 0, stdout: `busy\nheard ${status}\nstopping true\n` })
  })
})
