import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Ended, ended, glassformer } from '../../../cli/command.ts'
import { newFolder, smallConfig, weightsOf } from '../small-run.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const COMMAND = join(root, 'dist/cli/glassformer.js')

/** The reason why no ranks can be started here; undefined if they can. */
function reason(): string | undefined {
  if (spawnSync('mpirun', ['--version']).status !== 0) return 'no mpirun'
  if (!existsSync(join(root, 'build/Release/glassformer_mpi.node'))) return 'the addon of MPI has not been built'
  return undefined
}

const lacking = reason()

/** The arguments of mpirun: any number of ranks, whatever cores there are, by any user. */
const ANYWHERE = ['--allow-run-as-root', '--oversubscribe']

/** Starts `ranks[i]` processes with arguments `args[i]` of the command. */
function startRanks(...parts: (readonly [ranks: number, args: readonly string[]])[]): ChildProcess {
  const words = parts.flatMap(([ranks, args], i) => [
    ...(i ? [':'] : []),
    ...['-n', String(ranks), process.execPath, COMMAND, ...args],
  ])
  return spawn('mpirun', [...ANYWHERE, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
}

const run = (...parts: Parameters<typeof startRanks>): Promise<Ended> => ended(startRanks(...parts))

const STEPS = 40

/** A settings file: four batches a step, with every part that has state. */
function settingsFile(): string {
  const path = `${newFolder()}.json`
  const training = { steps: STEPS, accumulate: 4, batchTokens: 150, saveEvery: 4, keep: 20, ema: 0.9 }
  writeFileSync(path, JSON.stringify(smallConfig({ training, validation: { every: 10 } })))
  return path
}

/** The bits of a checkpoint's arrays, and its state. */
function checkpoint(folder: string, step: number) {
  const path = join(folder, 'checkpoints', `step-${String(step).padStart(8, '0')}`)
  const arrays = createHash('sha256')
    .update(readFileSync(join(path, 'arrays.safetensors')))
    .digest('hex')
  return { arrays, state: JSON.parse(readFileSync(join(path, 'state.json'), 'utf8')) }
}

describe.skipIf(lacking)(`ranks of mpirun${lacking ? ` (${lacking})` : ''}`, () => {
  const settings = settingsFile()
  const train = (folder: string, ...more: string[]) => [
    'train',
    settings,
    '--output',
    folder,
    '--log-every',
    '1',
    ...more,
  ]

  test("train to the bits of one process, whatever their number, and resume each other's runs, killed or not", async () => {
    const [whole, shared] = [newFolder(), newFolder()]
    expect(await glassformer(train(whole))).toMatchObject({ code: 0 })

    const two = await run([2, train(shared, '--steps', '8')])
    expect(two).toMatchObject({ code: 0, stderr: expect.stringMatching(/\d threads? in each of 2 ranks\n/) })
    expect(two.stdout.match(/^done: 8 steps$/gm)).toHaveLength(1)
    expect(checkpoint(shared, 8)).toEqual(checkpoint(whole, 8))

    const four = startRanks([4, train(shared)])
    let isKilled = false
    four.stderr!.on('data', (text: Buffer) => {
      if (isKilled || !String(text).includes('step 14/')) return
      isKilled = true
      process.kill(pidsOf(four).at(-1)!, 'SIGKILL')
    })
    expect((await ended(four)).code).not.toBe(0)
    expect(isKilled).toBe(true)
    expect(checkpoint(shared, 12)).toEqual(checkpoint(whole, 12))
    expect(existsSync(join(shared, 'checkpoints/step-00000040'))).toBe(false)

    expect(await run([3, train(shared, '--steps', '20')])).toMatchObject({ code: 0 })
    expect(checkpoint(shared, 20)).toEqual(checkpoint(whole, 20))

    expect(await glassformer(train(shared))).toMatchObject({ code: 0 })
    expect(weightsOf(join(shared, 'model')).equals(weightsOf(join(whole, 'model')))).toBe(true)
    expect(readdirSync(shared).sort()).toEqual(readdirSync(whole).sort())
  }, 300_000)

  test('all stop after the step under way when one of them gets SIGTERM', async () => {
    const folder = newFolder()
    const two = startRanks([2, train(folder, '--steps', '100000')])
    let isTold = false
    two.stderr!.on('data', (text: Buffer) => {
      if (isTold || !String(text).includes('step 3/')) return
      isTold = true
      process.kill(pidsOf(two).at(-1)!, 'SIGTERM')
    })
    const { code, stdout } = await ended(two)
    expect({ code, stdout }).toMatchObject({
      code: 143,
      stdout: expect.stringMatching(/^stopped at step \d+ of 100,000, saved/),
    })
    expect(existsSync(join(folder, 'in-use.json'))).toBe(false)
  }, 120_000)

  test('of different settings are all refused, and leave nothing', async () => {
    const folder = newFolder()
    const { code, stderr } = await run([1, train(folder)], [1, train(folder, '--seed', '7')])
    expect(code).toBe(1)
    const message = 'ERR_OPTION: rank 1 of 2 has not what rank 0 has: training.seed is 7, and 1 in rank 0'
    expect(stderr.split(message)).toHaveLength(3)
    expect(existsSync(folder)).toBe(false)
  }, 120_000)
})

/** The processes that mpirun has started, rank 0 first. */
const pidsOf = ({ pid }: ChildProcess): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)

test('a process that mpirun seems to have started, and that finds no other ranks, names the addon to build', async () => {
  const environment = { OMPI_COMM_WORLD_RANK: '0', OMPI_COMM_WORLD_SIZE: '2' }
  const { code, stderr } = await glassformer(['train', settingsFile(), '--output', newFolder()], '', environment)
  expect(code).toBe(1)
  expect(stderr).toMatch(/ERR_MPI: mpirun has started .*npx glassformer build --mpi\n/)
})
