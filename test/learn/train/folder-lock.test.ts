import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { newFolder } from './small-run.ts'

const THREADS = 4
const ROUNDS = 250

/** A thread that locks every folder at the same moment as the others, keeps what it gets, and counts. */
const code = `
const { parentPort, workerData: { module, folders, shared, threads } } = require('node:worker_threads')
import(module).then(async ({ lockFolder }) => {
  const arrived = new Int32Array(shared)
  const taken = []
  const others = []
  let round = 0
  for (const folder of folders) {
    if (Atomics.add(arrived, round, 1) === threads - 1) Atomics.notify(arrived, round)
    for (let n = Atomics.load(arrived, round); n < threads; n = Atomics.load(arrived, round)) Atomics.wait(arrived, round, n, 1)
    try {
      await lockFolder(folder)
      taken.push(round)
    } catch (error) {
      if (!/is training into it/.test(error.message)) others.push(error.message)
    }
    round++
  }
  parentPort.postMessage({ taken, others })
})`

it.each([
  ['a killed process has left', JSON.stringify({ pid: 2 ** 30, host: hostname(), started: '1' })],
  ['was cut short', '{"pi'],
  ['another machine has left', JSON.stringify({ pid: 1, host: 'not here', started: null })],
])(
  'of trainings that meet a lock that %s at the same moment, one gets the folder',
  async (_, left) => {
    const folders = Array.from({ length: ROUNDS }, () => newFolder())
    for (const folder of folders) {
      mkdirSync(folder)
      writeFileSync(join(folder, 'in-use.json'), left)
    }
    const shared = new SharedArrayBuffer(4 * ROUNDS)
    const module = new URL('../../../dist/learn/train/state/folder-lock.js', import.meta.url).href
    const threads = Array.from(
      { length: THREADS },
      () => new Worker(code, { eval: true, workerData: { module, folders, shared, threads: THREADS } }),
    )
    const told = await Promise.all(
      threads.map(
        (thread) => new Promise<{ taken: number[]; others: string[] }>((resolve) => thread.on('message', resolve)),
      ),
    )
    expect(told.flatMap(({ others }) => others)).toEqual([])
    const taken = told.flatMap(({ taken }) => taken).sort((a, b) => a - b)
    expect(taken).toEqual(folders.map((_, round) => round))
    for (const folder of folders) expect(readdirSync(folder)).toEqual(['in-use.json'])
  },
  60_000,
)
