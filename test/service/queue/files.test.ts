import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Translator } from '#dist/index.js'
import { deadLetters, enqueueFile, type FileProgress, translateFile, work } from '#dist/service/queue/index.js'
import { ended, glassformer, start } from '../../cli/command.ts'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { noRedis, RedisServer } from './redis-server.ts'

describe.skipIf(noRedis !== undefined)('files of lines', () => {
  const scratch = scratchFolder()
  const server = noRedis === undefined ? RedisServer.start() : (undefined as never)
  const load = { workers: 1, threads: 1, stalledAfter: 1 }
  const search = ['--beams', '1', '--split', 'never']

  function written(name: string, text: string | Buffer): string {
    const path = join(scratch, name)
    writeFileSync(path, text)
    return path
  }

  /** The translations of a file's lines by one process. */
  async function direct(file: string): Promise<string> {
    await using translator = await Translator.load()
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    return (await translator.translate(lines, { beams: 1 })).map(({ text }) => `${text}\n`).join('')
  }

  const numbered = (count: number, word: string) =>
    Array.from({ length: count }, (_, i) => `${word} ${i} est vert.\n`).join('')

  test('are translated as by glassformer translate, with any line ends, and lines that the model cannot take are reported', async () => {
    const { url } = await server
    await using _worker = await work({ ...load, queue: url })
    const lines = [
      '\ufeffMerci.\n',
      'Bonjour.\r\n',
      '\n',
      `${'mot '.repeat(3000)}\n`,
      '   \n',
      'été \xe9 \n',
      'Au revoir.',
    ]
    const bytes = Buffer.concat(lines.map((line) => Buffer.from(line, line.includes('\xe9 ') ? 'latin1' : 'utf8')))
    const file = written('lines.txt', bytes)
    const output = join(scratch, 'lines.out')
    const direct = await glassformer(['translate', ...search], bytes)
    const args = ['enqueue', file, '--queue', url, '--lines', '2', ...search, '-o', output]
    const through = await glassformer(args)
    expect(readFileSync(output, 'utf8')).toBe(direct.stdout)
    expect(through).toEqual({ code: 1, stdout: '', stderr: direct.stderr })
    expect(direct.stderr.match(/^glassformer: ERR_\w+: line \d/gm)).toEqual([
      'glassformer: ERR_INPUT_TOO_LONG: line 4',
      'glassformer: ERR_INPUT: line 6',
    ])
    const empty = written('empty.txt', '')
    expect(await translateFile(empty, output, { queue: url })).toEqual({ lines: 0, failures: 0 })
    expect(readFileSync(output, 'utf8')).toBe('')
  })

  test('resume after an interruption, and start again where file or options differ', async () => {
    const { url } = await server
    const [file, output] = [written('resumed.txt', numbered(40, 'Le livre')), join(scratch, 'resumed.out')]
    const options = { queue: url, beams: 1, lines: 4 }
    const interrupted = new AbortController()
    const worker = await work({ ...load, queue: url })
    const first = translateFile(file, output, {
      ...options,
      signal: interrupted.signal,
      progress: ({ lines }) => lines >= 12 && interrupted.abort(),
    })
    await expect(first).rejects.toMatchObject({ code: 'ERR_ABORTED' })
    expect(existsSync(output)).toBe(false)
    const { lines: kept } = JSON.parse(readFileSync(`${output}.partial.json`, 'utf8'))
    expect(kept).toBeGreaterThanOrEqual(12)
    expect(kept).toBeLessThan(40)
    writeFileSync(`${output}.partial`, 'half a li', { flag: 'a' }) // of a process that was killed while it wrote

    const told: FileProgress[] = []
    const progress = (now: FileProgress) => told.push(now)
    expect(await translateFile(file, output, { ...options, progress })).toEqual({ lines: 40, failures: 0 })
    expect(told[0]!.resumed).toBe(kept)
    expect(told[0]!.lines).toBe(kept + 4)
    expect(readFileSync(output, 'utf8')).toBe(await direct(file))
    expect(existsSync(`${output}.partial`) || existsSync(`${output}.partial.json`)).toBe(false)

    const again = new AbortController()
    const stopped = { ...options, signal: again.signal, progress: () => again.abort() }
    await expect(translateFile(file, output, stopped)).rejects.toMatchObject({ code: 'ERR_ABORTED' })
    writeFileSync(file, numbered(40, 'La page'))
    told.length = 0
    await translateFile(file, output, { ...options, progress })
    expect(told[0]).toMatchObject({ resumed: 0, lines: 4 })
    expect(readFileSync(output, 'utf8')).toBe(await direct(file))
    await worker.close()
  })

  test('a worker that SIGTERM ends finishes its jobs and takes none', async () => {
    const { url } = await server
    const file = written('many.txt', numbered(400, 'Le cahier'))
    const queued = await glassformer(['enqueue', file, '--queue', url, '--beams', '1', '--lines', '10'])
    expect(queued).toEqual({ code: 0, stdout: '', stderr: 'glassformer: 400 lines in 40 jobs\n' })
    const child = start(['work', '--queue', url, '--workers', '1', '--threads', '1', '--jobs', '3'])
    const end = ended(child)
    while (!String((await once(child.stderr!, 'data'))[0]).includes(' texts in '));
    child.kill('SIGTERM')
    const { code, stderr } = await end
    expect(code, stderr).toBe(0)
    const done = stderr.match(/ 10 texts in /g)!.length
    const count = (name: string, of: 'llen' | 'zcard') =>
      (server as Promise<RedisServer>).then((redis) => redis.asked((client) => client[of](`glassformer:fr-en:${name}`)))
    expect(await count('active', 'llen')).toBe(0)
    expect(await count('wait', 'llen')).toBe(40 - done)
    expect(done).toBeLessThan(40)
    await (await server).asked((client) => client.del('glassformer:fr-en:wait'))
  })

  test('a dead letter ends the wait with an error that names its lines; the lines before it are in the output', async () => {
    const { url } = await server
    const worker = await work({ ...load, queue: url })
    const [file, output] = [written('dead.txt', numbered(6, 'Le stylo')), join(scratch, 'dead.out')]
    const options = { queue: url, beams: 1, lines: 2, suppress: [999_999] }
    await expect(translateFile(file, output, options)).rejects.toMatchObject({
      code: 'ERR_JOB',
      message: expect.stringMatching(/^texts 1 to 2: job \w+ is a dead letter after 1 attempt: ERR_OPTION: .*--retry/),
    })
    await expect.poll(async () => (await deadLetters({ queue: url })).length).toBe(3)
    await worker.close()
  })

  test('an unreadable or unwritable file is an error', async () => {
    const { url: queue } = await server
    const file = written('some.txt', 'Merci.\n')
    const output = join(scratch, 'some.out')
    const refusal = (call: Promise<unknown>) => call.catch(({ code }) => code)
    expect(await refusal(translateFile(join(scratch, 'missing'), output, { queue }))).toBe('ERR_FILE')
    expect(await refusal(enqueueFile(scratch, { queue }))).toBe('ERR_FILE')
    expect(await refusal(translateFile(file, join(scratch, 'no/folder/out'), { queue }))).toBe('ERR_FILE')
    expect(await refusal(translateFile(file, output, { queue, format: 'html' }))).toBe('ERR_OPTION')
    expect(await refusal(translateFile(file, output, { queue, progress: 5 as never }))).toBe('ERR_OPTION')
    expect(existsSync(output) || existsSync(`${output}.partial`)).toBe(false)
    const first = new AbortController()
    const waiting = refusal(translateFile(file, output, { queue, maxTokens: 9, signal: first.signal }))
    await expect.poll(() => existsSync(`${output}.partial`)).toBe(true)
    const second = translateFile(file, output, { queue })
    await expect(second).rejects.toMatchObject({
      code: 'ERR_FILE',
      message: expect.stringContaining(`process ${process.pid}`),
    })
    first.abort()
    expect(await waiting).toBe('ERR_ABORTED')
  })
})
