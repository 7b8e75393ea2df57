import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { nativeReasons } from '../backends.ts'
import { makePlayer, refusal, tinyCall, tinyProgram, tinyWeights } from './tiny-program.ts'

const dist = (path: string) => JSON.stringify(new URL(`../../dist/${path}`, import.meta.url))

/**
 * Plain JavaScript for a worker or a process: a player, and `play(rows)`, a product of that many rows with [512, 512]
 * weights.
 */
const prelude = `
  const { NativePlayer } = await import(${dist('engine/backend/native/player.js')})
  const { opSignatures } = await import(${dist('engine/program/op-table.js')})
  const { linear } = await import(${dist('engine/program/ops/linear.js')})
  const { Program } = await import(${dist('engine/program/program.js')})
  const place = { offset: 0, rows: 512, width: 512, encoding: 'float32' }
  const store = { values: new Float32Array(512 * 512).fill(0.01), place: () => place }
  const program = new Program('product', store)
  program.output(linear(program, { x: program.input('x', 'S', 512), weight: program.weight('w') }, { activation: 'swish', scale: 1 })[0], 'y')
  const player = new NativePlayer({ ops: opSignatures(), threads: 2 })
  const playable = player.load(program.compile(), store)
  const play = (rows) => {
    const y = new Float32Array(rows * 512)
    playable.play(Float64Array.of(rows), [new Float32Array(rows * 512).fill(0.5), y])
    return y[y.length - 1]
  }
`

const workerOf = (code: string) => new Worker(`(async () => {${prelude}${code}})()`, { eval: true })

const exitOf = (worker: Worker) =>
  new Promise<number>((resolve, reject) => worker.once('error', reject).once('exit', resolve))

describe.skipIf(nativeReasons.length)('a player', () => {
  it('may be closed twice, and refuses everything afterwards', () => {
    const store = tinyWeights()
    const spec = tinyProgram(store)
    const player = makePlayer({ threads: 2 })
    const playable = player.load(spec, store)
    const call = tinyCall(spec, 2, 3)
    playable.play(call.rows, call.arrays)
    player.close()
    player.close()
    expect(refusal(() => playable.play(call.rows, call.arrays)).code).toBe('ERR_CLOSED')
    expect(refusal(() => player.load(spec, store)).code).toBe('ERR_CLOSED')
  })

  it('closed by a getter in the middle of a call refuses the call', () => {
    const store = tinyWeights()
    const spec = tinyProgram(store)
    const player = makePlayer()
    const playable = player.load(spec, store)
    const call = tinyCall(spec, 2, 3)
    const arrays = Object.defineProperty([...call.arrays], 0, {
      get: () => {
        player.close()
        return call.arrays[0]
      },
    })
    expect(refusal(() => playable.play(call.rows, arrays)).code).toBe('ERR_CLOSED')
  })

  it('works in each of 8 worker threads that load, run and exit, with and without close', async () => {
    const workers = Array.from({ length: 8 }, (_, i) =>
      workerOf(
        `for (let i = 0; i < 20; i++) if (!(play(1 + i) > 1)) throw new Error('wrong'); ${i % 2 ? 'player.close()' : ''}`,
      ),
    )
    expect(await Promise.all(workers.map(exitOf))).toEqual(Array(8).fill(0))
  })

  it('ends with a worker that is terminated during a run', async () => {
    const worker = workerOf(`
      (await import('node:worker_threads')).parentPort.postMessage('playing')
      for (;;) play(64)
    `)
    await new Promise((resolve) => worker.once('message', resolve))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await worker.terminate()).toBe(1)
  })

  it('does not keep a process from exiting, also while its workers run programs', () => {
    const main = `
      import { Worker } from 'node:worker_threads'
      ${prelude}
      play(8)
      const code = ${JSON.stringify(`(async () => {${prelude}
        (await import('node:worker_threads')).parentPort.postMessage('playing')
        for (;;) play(64)
      })()`)}
      const workers = Array.from({ length: 3 }, () => new Worker(code, { eval: true }))
      await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))))
      setTimeout(() => process.exit(0), 50)
    `
    const cwd = fileURLToPath(new URL('../..', import.meta.url))
    for (let i = 0; i < 3; i++) {
      const { status, signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', main], {
        cwd,
        encoding: 'utf8',
        timeout: 100_000,
      })
      expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' })
    }
  })

  it('refuses a run for which no further thread can be made, and runs on one', (context) => {
    context.skip(spawnSync('prlimit', ['--version']).status !== 0, 'no prlimit, which takes memory from a process')
    context.skip(availableParallelism() < 2, 'one core')
    context.skip(/asan/.test(process.env.LD_PRELOAD ?? ''), 'the address sanitizer ends a process without memory')
    // The stack of a thread is larger than the remaining memory, but a few ended threads may still exist.
    const main = `
      import { spawnSync } from 'node:child_process'
      import { readFileSync } from 'node:fs'
      ${prelude}
      const { activation } = await import(${dist('engine/program/ops/activation.js')})
      const relu = new Program('relu')
      relu.output(activation(relu, { x: relu.input('x', 'S', 8) }, { activation: 'relu' })[0], 'y')
      const spec = relu.compile()
      let share
      const playables = Array.from({ length: 20 }, () =>
        new NativePlayer({ ops: opSignatures(), threads: 2, threadShare: () => share }).load(spec, store))
      const arrays = [new Float32Array(16).fill(3), new Float32Array(16)]
      const played = (playable, threads) => {
        share = threads
        arrays[1].fill(0)
        try {
          playable.play(Float64Array.of(2), arrays)
        } catch ({ code, message }) {
          return [code, message, arrays[1][15]]
        }
        return arrays[1][15]
      }
      playables.forEach((playable) => played(playable, 1))
      const bytes = 1024 * Number(/VmSize:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])
      spawnSync('prlimit', ['--pid', String(process.pid), '--as=' + (bytes + 1024 * 1024)])
      const results = playables.map((playable) => [played(playable, 2), played(playable, 1)])
      console.log(JSON.stringify(results.at(-1)))
    `
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', main], {
      encoding: 'utf8',
      timeout: 100_000,
    })
    const refused = [
      'ERR_MEMORY',
      expect.stringMatching(/^no thread could be made \(.+\): fewer workers or threads/),
      0,
    ]
    expect({ played: JSON.parse(stdout), stderr }).toEqual({ played: [refused, 3], stderr: '' })
  })

  it('left open ends with its process', () => {
    const { status, signal, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', `${prelude}; play(3)`],
      { encoding: 'utf8', timeout: 100_000 },
    )
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' })
  })
})
