import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { startCommand } from './command.ts'
import { startServer } from './server.ts'

/** All that the server at an address answers to this text. */
const said = (url: string, text: string) =>
  new Promise<string>((resolve) => {
    let answer = ''
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text))
    socket.setEncoding('utf8').on('data', (part: string) => {
      answer += part
    })
    socket.on('close', () => resolve(answer))
  })

/** The status and the header connection of an answer through an agent. */
const asked = (url: string, agent: Agent) =>
  new Promise<string>((resolve) => {
    const sent = request(`${url}/v1/models`, { agent }, (answer) => {
      answer.resume().on('end', () => resolve(`${answer.statusCode} ${answer.headers.connection}`))
    })
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code!)).end()
  })

it('two headers host are refused', async () => {
  await using server = await startServer()
  const two = 'GET /health HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: close\r\n\r\n'
  expect(await said(server.url, two)).toMatch(/^HTTP\/1\.1 400 [\s\S]*ERR_INPUT/)
  expect(await said(server.url, two.replace('host: b\r\n', ''))).toMatch(/^HTTP\/1\.1 200 /)
})

describe('a server that keeps connections open', () => {
  it('ends by SIGTERM so that clients leave it: no connection is broken', async () => {
    const { url, child } = await startCommand(['--log', 'silent'])
    const agents = Array.from({ length: 8 }, () => new Agent({ keepAlive: true, maxSockets: 1 }))
    for (const agent of agents) expect(await asked(url, agent)).toBe('200 keep-alive')
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    await expect.poll(async () => (await fetch(`${url}/ready`)).status).toBe(503)
    const answers = await Promise.all(agents.map((agent) => asked(url, agent)))
    expect(answers).toEqual(answers.map(() => '503 close'))
    expect(await exit).toEqual([0, null])
  })

  it.skipIf(process.platform === 'win32')(
    'reads keys again by SIGHUP, and stays as it was where it cannot',
    async () => {
      const keys = join(scratchFolder(), 'keys.txt')
      writeFileSync(keys, 'first\n')
      const { url, child } = await startCommand(['--log', 'silent', '--keys', keys])
      const status = async (key: string) =>
        (await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status
      try {
        expect([await status('first'), await status('second')]).toEqual([200, 401])
        writeFileSync(keys, 'second\n')
        child.kill('SIGHUP')
        await expect.poll(() => status('second'), { timeout: 20_000 }).toBe(200)
        expect(await status('first')).toBe(401)
        writeFileSync(keys, '# none\n')
        child.kill('SIGHUP')
        await new Promise((resolve) => setTimeout(resolve, 300))
        expect(await status('second')).toBe(200)
      } finally {
        child.kill('SIGKILL')
      }
    },
  )
})

it('a server loads its models again while requests use them', async () => {
  await using server = await startServer()
  const translated = () => server.post('/v1/translate', { text: 'Je suis étudiant. '.repeat(50) })
  const before = Array.from({ length: 4 }, translated)
  await server.reload()
  for (const { status } of await Promise.all([...before, translated()])) expect(status).toBe(200)
  expect((await server.get('/v1/models')).json.models[0].isLoaded).toBe(true)
})

it('a server lists its models as OpenAI does', async () => {
  await using server = await startServer()
  const { object, data } = (await server.get('/v1/models')).json
  const model = { id: 'fr-en', object: 'model', created: expect.any(Number), owned_by: expect.any(String) }
  expect({ object, data }).toEqual({ object: 'list', data: [model] })
  expect((await server.get('/v1/models/fr-en')).json).toMatchObject(model)
})

it('a server tells how long requests wait, and how long models load', async () => {
  await using server = await startServer()
  await server.post('/v1/translate', { text: 'Oui.' })
  const { text } = await server.get('/metrics')
  expect(text).toMatch(/^glassformer_queue_seconds_count\{model="fr-en"\} 1$/m)
  expect(Number(/^glassformer_model_load_seconds\{model="fr-en"\} (\S+)$/m.exec(text)?.[1])).toBeGreaterThan(0)
})

it('no message tells where files of the server lie', async () => {
  const memories = scratchFolder()
  await using server = await startServer({ memories })
  const pair = { source: 'fr', target: 'en' }
  await server.post('/v1/memory', { ...pair, units: [{ source: 'Oui.', target: 'Aye.' }] })
  writeFileSync(join(memories, 'all/de.en.memory'), 'damaged\n')
  const { json } = await server.post('/v1/memory/search', { ...pair, source: 'de', text: 'Ja.' })
  expect(json.error.message).toMatch(/^de\.en\.memory, line 1: /)
})

it('the work on bodies has a budget, which is shared by client', async () => {
  await using server = await startServer({ work: 20 })
  const text = 'a'.repeat(150_000)
  expect((await server.post('/v1/translate', { text })).json.error.code).toBe('ERR_INPUT_TOO_LONG')
  const half = { text: 'Il pleut. '.repeat(6_000), timeout: 3000 }
  const answers = await Promise.all([1, 2, 3].map(() => server.post('/v1/translate', half)))
  expect(answers.map(({ status }) => status)).toContain(429)
  expect((await server.post('/v1/translate', { text: 'Oui.' })).status).toBe(200)
})
