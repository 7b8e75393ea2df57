import { once } from 'node:events'
import { openSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { start } from '../../cli/command.ts'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { startServer, type TestServer } from './server.ts'

const folder = scratchFolder()
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

/** Asks with headers that `fetch` sets itself. */
async function raw(server: TestServer, headers: Record<string, string>, method = 'GET'): Promise<number> {
  const request = httpRequest(`${server.url}/v1/models`, { method, headers })
  request.end()
  const [answer] = await once(request, 'response')
  answer.resume()
  return answer.statusCode
}

describe('a server without keys', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ hosts: ['translate.example'], cors: ['https://pages.example'] })
  })
  afterAll(() => server.close())

  it('accepts the names of its own machine, and configured names', async () => {
    for (const host of ['localhost:5000', '127.0.0.1', '[::1]:5000', 'translate.example', 'here'])
      expect(await raw(server, { host }), host).toBe(200)
    for (const host of ['evil.example', 'localhost.evil.example:5000', '10.0.0.1'])
      expect(await raw(server, { host }), host).toBe(403)
  })

  it('refuses pages of other sites', async () => {
    const host = 'localhost:5000'
    for (const origin of ['http://localhost:5000', 'https://pages.example'])
      expect(await raw(server, { host, origin }), origin).toBe(200)
    for (const origin of ['https://evil.example', 'null', 'http://localhost:5001'])
      expect(await raw(server, { host, origin }), origin).toBe(403)
    const form = new URLSearchParams({ name: 'g', source_lang: 'fr', target_lang: 'en', entries: 'a\tb' })
    const made = await server.ask('/v2/glossaries', {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: form,
    })
    expect([made.status, (await server.get('/v2/glossaries')).json]).toEqual([403, { glossaries: [] }])
  })

  it('refuses a priority above its own, with an error', async () => {
    const ask = (priority: number) => server.post('/v1/translate', { text: 'Oui.', priority })
    expect([(await ask(0)).status, (await ask(-3)).status]).toEqual([200, 200])
    const { status, json } = await ask(1)
    expect([status, json.error]).toEqual([
      400,
      expect.objectContaining({ message: expect.stringMatching(/priority.*at most 0/) }),
    ])
    const score = await server.post('/v1/score', { pairs: [{ source: 'Oui.', target: 'Yes.' }], priority: 10 })
    expect(score.status).toBe(400)
  })

  it('names the expected type where the type of a body is missing', async () => {
    const { status, json } = await server.ask('/v1/translate', { method: 'POST', body: Buffer.from('{}') })
    expect([status, json.error.message]).toEqual([415, expect.stringMatching(/content-type: application\/json/)])
  })

  it('redirects from its root to the page for trying it', async () => {
    const answer = await fetch(`${server.url}/`, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/docs'])
  })

  it('forgets pipelined requests whose client hangs up', async () => {
    const text = 'Il pleut et nous restons à la maison. '.repeat(300)
    const body = JSON.stringify({ text, beams: 8 })
    const head = `POST /v1/translate HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => {})
    socket.write((head + body).repeat(5))
    const open = async () =>
      Number(/^glassformer_http_requests_open (\d+)/m.exec((await server.get('/metrics')).text)![1])
    await expect.poll(open).toBe(5)
    socket.destroy()
    await expect.poll(open).toBe(0)
    await expect.poll(async () => (await server.get('/v1/models')).json.models[0].requests).toBe(0)
  })
})

describe('a server with keys', () => {
  const file = join(folder, 'keys.txt')
  writeFileSync(file, 'first one priority=5 glossaries=2\nsecond two\nthird\n')
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ keys: file, bodies: 1, body: 600_000, glossaries: join(folder, 'glossaries') })
  })
  afterAll(() => server.close())

  it('gives each key its own highest priority', async () => {
    const ask = async (key: string, priority: number) =>
      (await server.post('/v1/translate', { text: 'Oui.', priority }, bearer(key))).status
    expect([await ask('first', 5), await ask('first', 6), await ask('second', 1)]).toEqual([200, 400, 400])
  })

  const glossary = { name: 'g', source_lang: 'fr', target_lang: 'en', entries: 'a\tb' }
  const make = (key: string) => server.post('/v2/glossaries', glossary, bearer(key))

  it('gives each key room for its own number of glossaries', async () => {
    expect([(await make('first')).status, (await make('first')).status]).toEqual([201, 201])
    const third = await make('first')
    expect([third.status, third.json.message]).toEqual([456, expect.stringMatching(/may have 2/)])
    expect((await make('second')).status).toBe(201)
  })

  it('keeps glossaries with their keys when other keys come and go', async () => {
    const { glossary_id: id } = (await make('third')).json
    const rotated = join(folder, 'rotated.txt')
    writeFileSync(rotated, 'new\nthird\nother\n')
    await using later = await startServer({ keys: rotated, glossaries: join(folder, 'glossaries') })
    const status = async (key: string) => (await later.get(`/v2/glossaries/${id}`, bearer(key))).status
    expect([await status('third'), await status('new'), await status('other')]).toEqual([200, 404, 404])
  })

  it('checks a key that is sent before the body first', async () => {
    const port = Number(new URL(server.url).port)
    for (const [path, header] of [
      ['/translate?api_key=wrong', ''],
      ['/translate', 'authorization: Bearer wrong\r\n'],
    ]) {
      const socket = connect(port, '127.0.0.1').setEncoding('utf8')
      socket.write(
        `POST ${path} HTTP/1.1\r\nhost: localhost\r\n${header}content-type: application/json\r\ncontent-length: 500000\r\n\r\n`,
      )
      const [answer] = await once(socket, 'data')
      expect(answer).toMatch(/^HTTP\/1\.1 403/)
      socket.destroy()
    }
  })

  it('limits the bytes of bodies, with a lower limit for those whose key is in the body', async () => {
    const port = Number(new URL(server.url).port)
    const head =
      'POST /translate HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 500000\r\n\r\n'
    const socket = connect(port, '127.0.0.1')
      .setEncoding('utf8')
      .on('error', () => {})
    socket.write(head + ' '.repeat(300_000))
    const [answer] = await once(socket, 'data')
    expect(answer).toMatch(/^HTTP\/1\.1 429[\s\S]*retry-after: 1/)
    const long = { text: `Oui.${' '.repeat(300_000)}` }
    expect((await server.post('/v1/translate', long, bearer('first'))).status).toBe(200)
    socket.destroy()
  })

  it('counts requests and characters of each key', async () => {
    const { text } = await server.get('/metrics', bearer('first'))
    expect(text).toMatch(/^glassformer_key_requests_total\{key="one",status="200"\} [1-9]/m)
    expect(text).toMatch(/^glassformer_key_characters_total\{key="one"\} [1-9]/m)
  })
})

describe('the log', () => {
  const serving = async (output: 'pipe' | number, env: NodeJS.ProcessEnv = {}) => {
    const child = start(['serve', '--port', '0'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', output, 'pipe'],
    })
    for await (const line of createInterface({ input: child.stderr! })) {
      const url = /listening at (\S+)/.exec(line)?.[1]
      if (!url) continue
      child.stderr!.resume()
      return { child, url }
    }
    throw new Error('no server')
  }
  const models = async (url: string, headers = {}) => (await fetch(`${url}/v1/models`, { headers })).status

  it.skipIf(process.platform !== 'linux')(
    'may fail because of a full disk: the server continues, and ends on SIGTERM',
    async () => {
      const { child, url } = await serving(openSync('/dev/full', 'w'))
      for (let i = 0; i < 20; i++) expect(await models(url)).toBe(200)
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      expect(await exit).toEqual([0, null])
    },
    60_000,
  )

  it.skipIf(process.platform !== 'linux')(
    'may be written to a pipe that no process reads',
    async () => {
      const { child, url } = await serving('pipe')
      child.stdout!.pause()
      for (let i = 0; i < 600; i++) await models(url, { 'x-request-id': 'a'.repeat(128) })
      expect(await models(url)).toBe(200)
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      expect(await exit).toEqual([0, null])
    },
    60_000,
  )

  it('has the name of the key of a request', async () => {
    const { child, url } = await serving('pipe', { GLASSFORMER_API_KEYS: 'secret' })
    const lines: string[] = []
    createInterface({ input: child.stdout! }).on('line', (line) => lines.push(line))
    expect(await models(url, bearer('secret'))).toBe(200)
    await expect.poll(() => lines.filter((line) => line.includes('"key":"key-2bb80d537b1d"')).length).toBeGreaterThan(0)
    expect(lines.join()).not.toContain('secret')
    child.kill('SIGTERM')
    await once(child, 'exit')
  }, 60_000)
})
