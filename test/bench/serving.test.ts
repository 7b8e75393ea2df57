import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { quantile } from '../../bench/harness/interleave.ts'
import { ServerProcess } from '../../bench/harness/server-process.ts'
import { type Load, measureServing } from '../../bench/harness/serving.ts'
import { openAutocannon } from '../../bench/peers/autocannon.ts'
import { interfacesOf } from '../../bench/questions/serving.ts'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'glassformer-bench-serving-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const post = (url: string, body: string) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })

describe('a round', () => {
  const seen: string[] = []
  /** Answers in so many milliseconds as the text is long. */
  const load: Load = async ({ url, bodies, connections }) => {
    seen.push(`${url} ${bodies.length} over ${connections}`)
    const times = bodies.map((body) => body.length)
    return { seconds: url.startsWith('http://ours') ? 1 : 2, times }
  }
  const servers = interfacesOf({ url: 'http://ours' }, { url: 'http://theirs' })

  test('has each server once with each traffic, in turn, and sets texts a second beside the peer and the one call', async () => {
    const calls: number[] = []
    const { cells } = await measureServing({
      servers,
      load,
      lines: ['a', 'b', 'c'],
      traffic: [
        { connections: 1, texts: 1, of: 6 },
        { connections: 2, texts: 4, of: 10, besideOneCall: true },
      ],
      inOneCall: async (lines) => calls.push(lines.length),
      rounds: 2,
    })
    expect(calls).toEqual([10, 10, 10, 10, 10, 10])
    const one = ['http://ours/v1/translate', 'http://ours/translate', 'http://theirs/translate']
    const turn = [...one.map((url) => `${url} 6 over 1`), ...one.map((url) => `${url} 3 over 2`)]
    expect(seen).toEqual([...turn, ...turn.toReversed(), ...turn])
    expect(cells.map(({ case: name }) => name)).toEqual([
      '1 × 1, Glassformer /v1/translate',
      '1 × 1, Glassformer /translate',
      '1 × 1, CTranslate2 /translate',
      '2 × 4, Glassformer /v1/translate',
      '2 × 4, Glassformer /translate',
      '2 × 4, CTranslate2 /translate',
    ])
    expect(cells.map(({ ofOneCall }) => ofOneCall !== null)).toEqual([false, false, false, true, true, false])
    expect(cells[4]).toMatchObject({
      requestsPerSecond: 3,
      textsPerSecond: 10,
      ratio: 2,
      peer: 'CTranslate2 /translate',
    })
    expect(cells[5]).toMatchObject({ requestsPerSecond: 1.5, textsPerSecond: 5, ratio: null, peer: null })
    expect(cells[0].p50).toBe('{"text":"a"}'.length)
  })

  test.each([
    [0.5, 51],
    [0.99, 100],
  ])('%d of the requests are answered within a time', (share, expected) =>
    expect(
      quantile(
        Array.from({ length: 100 }, (_, i) => 100 - i),
        share,
      ),
    ).toBe(expected),
  )
})

describe('autocannon', () => {
  test('is missed by its name, with the command that installs it', () =>
    expect(() => openAutocannon(folder, folder)).toThrow(
      "autocannon is not installed: 'npm run bench:peers' does that",
    ))

  const installed = () => {
    try {
      return openAutocannon()
    } catch {
      return null
    }
  }

  test.skipIf(!installed())('makes each request once, and a refusal is an error', async () => {
    const asked: string[] = []
    let status = 200
    const server = createServer(async (request, response) => {
      asked.push((await request.toArray()).join(''))
      response.writeHead(status).end('{}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
      const bodies = Array.from({ length: 23 }, (_, i) => `{"text":"${i}"}`)
      const { seconds, times } = await installed()!({ url, bodies, connections: 4 })
      expect(asked.toSorted()).toEqual(bodies.toSorted())
      expect(times.length).toBe(23)
      expect(seconds).toBeGreaterThan(0)
      status = 503
      await expect(installed()!({ url, bodies, connections: 4 })).rejects.toThrow('23 of them refused')
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})

const hasPython = spawnSync('python3', ['--version']).status === 0

describe.skipIf(!hasPython)('the server of the peer, with an engine that makes capitals', () => {
  let server: ServerProcess
  beforeAll(async () => {
    // Instead of CTranslate2 and SentencePiece: pieces are characters, and a translation says how many texts its batch had.
    writeFileSync(
      join(folder, 'ctranslate2.py'),
      `import time
__version__ = '0'
class Result:
    def __init__(self, pieces): self.hypotheses = [pieces]
class Translator:
    def __init__(self, *_, **__): pass
    def translate_batch(self, sources, **_):
        time.sleep(0.05)
        if any('t4' in source for source in sources): raise RuntimeError('too bad')
        return [Result([*source, f't{10 + min(len(sources), 9)}']) for source in sources]
`,
    )
    writeFileSync(
      join(folder, 'sentencepiece.py'),
      `class SentencePieceProcessor:
    def __init__(self, path): pass
    def encode(self, text, out_type): return list(text)
    def decode_pieces(self, pieces): return ''.join(pieces).upper()
`,
    )
    const pieces = Object.fromEntries([...'abcde'].map((piece, i) => [piece, i]))
    const counts = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [String(i), 10 + i]))
    writeFileSync(join(folder, 'vocab.json'), JSON.stringify({ ...pieces, ...counts }))
    const script = join(root, 'bench/peers/ctranslate2_server.py')
    server = await ServerProcess.start('python3', [script, folder, folder, 'int8', '1', '4'], { PYTHONPATH: folder })
  })
  afterAll(() => server.close())

  const translate = async (q: unknown) => {
    const answer = await post(`${server.url}/translate`, JSON.stringify({ q, source: 'fr', target: 'en' }))
    return { status: answer.status, ...((await answer.json()) as { translatedText?: string | string[] }) }
  }

  test('answers a text with a text, and a list with a list', async () => {
    expect(await translate('ab')).toEqual({ status: 200, translatedText: 'AB1' })
    expect(await translate(['ab', 'c'])).toMatchObject({
      translatedText: [expect.stringMatching(/^AB/), expect.stringMatching(/^C/)],
    })
  })

  test('puts texts that wait into one batch, and each request gets its own', async () => {
    const texts = ['a', 'b', 'c', 'd', 'aa', 'bb', 'cc', 'dd']
    const answers = await Promise.all(texts.map(translate))
    const given = answers.map(({ translatedText }) => String(translatedText))
    expect(given.map((text) => text.slice(0, -1))).toEqual(texts.map((text) => text.toUpperCase()))
    expect(Math.max(...given.map((text) => Number(text.at(-1))))).toBeGreaterThan(3)
  })

  test('reports an engine that fails, and goes on', async () => {
    expect(await translate('e')).toEqual({ status: 500, error: 'too bad' })
    expect(await translate('a')).toEqual({ status: 200, translatedText: 'A1' })
  })
})

test('a server that does not listen says why', async () => {
  const script = "console.error('the port is taken'); process.exit(1)"
  await expect(ServerProcess.start(process.execPath, ['-e', script])).rejects.toThrow('the port is taken')
})
