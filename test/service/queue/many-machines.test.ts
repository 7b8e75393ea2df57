import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { Translator } from '#dist/index.js'
import { type FileProgress, translateFile } from '#dist/service/queue/index.js'
import { isSlow, start } from '../../cli/command.ts'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { noRedis, RedisServer } from './redis-server.ts'

const scratch = scratchFolder()

/** The lines of the file; CONTRIBUTING.md tells of it. */
const LINES = Number(process.env.GLASSFORMER_TEST_QUEUE_LINES ?? (isSlow ? 60 : 300))

const lines = Array.from({ length: LINES }, (_, i) => `Il y a ${i} livres sur la table ${i % 7}.`)
const search = { beams: 1, split: 'never' } as const

/** A worker as a machine would run it: a process of its own. Takes over what has had no sign of life for a second. */
function worker(url: string) {
  const child = start(['work', '--queue', url, '--workers', '1', '--threads', '1', '--stalled-after', '1'])
  let said = ''
  const isWorking = new Promise<void>((resolve) =>
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes('working for')) resolve()
    }),
  )
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  )
  return { child, isWorking, ended, said: () => said, done: () => said.split(' texts in ').length - 1 }
}

test('no line is lost or doubled when workers are killed and Redis is restarted', async (context) => {
  context.skip(noRedis !== undefined, noRedis)
  const redis = await RedisServer.start()
  const [file, output] = [join(scratch, 'lines.txt'), join(scratch, 'joined.txt')]
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''))
  const workers = [worker(redis.url), worker(redis.url)]
  const first = redis.pid
  const told: FileProgress[] = []
  const connection: string[] = []
  // Redis goes when no worker is left, and the third worker comes when Redis is back: the file cannot end before.
  let restart = () => {}
  const restarted = new Promise<void>((resolve) => {
    restart = () => resolve(redis.stop().then(() => redis.start()))
  })
  const moments = new Map<number, () => void>([
    [0.1, () => workers[0].child.kill('SIGKILL')],
    [
      0.3,
      () => {
        workers[1].child.kill('SIGKILL')
        restart()
      },
    ],
  ])
  const progress = (now: FileProgress) => {
    told.push(now)
    for (const [part, happen] of moments)
      if (now.part >= part) {
        moments.delete(part)
        happen()
      }
  }
  await Promise.all(workers.map(({ isWorking }) => isWorking))
  const options = {
    ...search,
    queue: redis.url,
    lines: 4,
    progress,
    connection: (state: string) => connection.push(state),
  }
  const translated = translateFile(file, output, options)
  await restarted
  workers.push(worker(redis.url))
  expect(await translated).toEqual({ lines: LINES, failures: 0 })

  await using translator = await Translator.load()
  const direct = await translator.translate(lines, search)
  expect(readFileSync(output, 'utf8')).toBe(direct.map(({ text }) => `${text}\n`).join(''))
  expect(readdirSync(dirname(output)).filter((name) => name.startsWith('joined'))).toEqual(['joined.txt'])
  expect(moments.size).toBe(0)
  expect((await workers[0].ended).signal).toBe('SIGKILL')
  expect((await workers[1].ended).signal).toBe('SIGKILL')
  expect(redis.pid).not.toBe(first)
  expect(connection).toEqual(['away', 'back'])
  expect(told.at(-1)).toMatchObject({ lines: LINES, resumed: 0, part: 1, secondsLeft: 0 })

  // The worker that is left ends softly.
  workers[2].child.kill('SIGTERM')
  expect(await workers[2].ended, workers[2].said()).toEqual({ code: 0, signal: null })
})
