import { spawnSync } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCommand } from './command.ts'
import { startServer, type TestServer } from './server.ts'

let server: TestServer
let port: number
beforeAll(async () => {
  server = await startServer({ receive: 2, body: 2000, connections: 20_000 })
  port = Number(new URL(server.url).port)
})
afterAll(() => server.close())

/** All that a connection says until the server closes it. `write` is done when it is open. */
function said(write: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => write(socket))
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('error', () => {}).on('close', () => resolve(text))
  })
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])
const errorOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))).error
const head = 'POST /v1/translate HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\n'

/** Writes a character every so often, as a slow loris does. */
function drip(socket: Socket, text: string): void {
  let at = 0
  const timer = setInterval(
    () => (socket.writable ? socket.write(text[at++ % text.length]) : clearInterval(timer)),
    100,
  )
  socket.on('close', () => clearInterval(timer))
}

describe('a server', () => {
  it.concurrent.each([
    ['headers that drip', (socket: Socket) => drip(socket, `${head}x: ${'a'.repeat(1000)}`)],
    [
      'a body that drips',
      (socket: Socket) => {
        socket.write(`${head}content-length: 500\r\n\r\n`)
        drip(socket, '{"text":"aaaa')
      },
    ],
    ['a body that never comes', (socket: Socket) => void socket.write(`${head}content-length: 500\r\n\r\n`)],
    ['a connection that says nothing', () => {}],
  ])('answers %s with 408, and closes', async (_, write) => {
    const begin = performance.now()
    const answer = await said(write)
    expect([statusOf(answer), errorOf(answer).code]).toEqual([408, 'ERR_TIMEOUT'])
    expect(performance.now() - begin).toBeLessThan(10_000)
  })

  it.each<[string, string, number]>([
    [
      'a flood of headers',
      `${head}${Array.from({ length: 2000 }, (_, i) => `x-${i}: ${'a'.repeat(20)}\r\n`).join('')}\r\n`,
      431,
    ],
    ['a header without an end', `${head}x: ${'a'.repeat(100_000)}`, 431],
    ['an address without an end', `GET /${'a'.repeat(100_000)}`, 414],
    ['what is no HTTP', '\x16\x03\x01\x02\x00', 400],
    ['two lengths', `${head}content-length: 5\r\ncontent-length: 6\r\n\r\n`, 400],
    ['a length and chunks', `${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ])('answers %s, and closes', async (_, text, status) => {
    const answer = await said((socket) => socket.write(text))
    expect([statusOf(answer), errorOf(answer).requestId]).toEqual([
      status,
      /^x-request-id: (.+)$/m.exec(answer)?.[1].trim(),
    ])
  })

  it('answers many small headers', async () => {
    const headers = Array.from({ length: 300 }, (_, i) => `x-${i}: a\r\n`).join('')
    const answer = await said((socket) =>
      socket.write(`GET /health HTTP/1.1\r\nhost: here\r\nconnection: close\r\n${headers}\r\n`),
    )
    expect(statusOf(answer)).toBe(200)
  })

  it.each([
    ['with its length', `content-length: 3000\r\n\r\n${'a'.repeat(3000)}`],
    ['in chunks', `transfer-encoding: chunked\r\n\r\nbb8\r\n${'a'.repeat(3000)}\r\n0\r\n\r\n`],
  ])('refuses a body that is too large, %s', async (_, body) => {
    const answer = await said((socket) => socket.write(`${head}connection: close\r\n${body}`))
    expect([statusOf(answer), errorOf(answer).code]).toEqual([413, 'ERR_INPUT_TOO_LONG'])
  })

  it('refuses an address that is too long, in the form of each interface', async () => {
    const long = 'a'.repeat(9000)
    expect((await server.get(`/v1/models?${long}`)).json.error.code).toBe('ERR_INPUT')
    const theirs = await server.get(`/v2/languages?${long}`)
    expect([theirs.status, theirs.json]).toEqual([414, { message: expect.any(String) }])
    for (const path of [`/v1/models?${long}`, '/v1/%zz', '/nowhere']) {
      const { json, headers } = await server.get(path)
      expect(headers.get('x-request-id'), path).toBe(json.error.requestId)
    }
  })

  it('closes connections beyond the limit, and continues', async () => {
    await using small = await startServer({ connections: 3, receive: 30 })
    port = Number(new URL(small.url).port)
    const open: Socket[] = []
    for (let i = 0; i < 3; i++)
      open.push(
        await new Promise((resolve) => {
          const socket = connect(port, '127.0.0.1', () => resolve(socket))
        }),
      )
    expect(await said(() => {})).toBe('')
    for (const socket of open) socket.destroy()
    port = Number(new URL(server.url).port)
    await expect
      .poll(async () =>
        small.get('/health').then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200)
  })
})

const MANY = 10_000
const limit = Number(spawnSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).stdout) || Number.POSITIVE_INFINITY

it('10,000 idle connections do not keep a server from answering', { timeout: 120_000 }, async (context) => {
  context.skip(limit < MANY + 500, `a process may open ${limit} files`)
  const patient = await startCommand(['--receive', '60', '--log', 'silent'])
  const sockets: Socket[] = []
  const at = Number(new URL(patient.url).port)
  const opened = () =>
    new Promise<void>((resolve, reject) => {
      sockets.push(connect(at, '127.0.0.1', resolve).on('error', reject))
    })
  try {
    while (sockets.length < MANY) await Promise.all(Array.from({ length: 500 }, opened))
    const begin = performance.now()
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"text":"Oui."}' }
    const answer = await fetch(`${patient.url}/v1/translate`, request)
    expect(((await answer.json()) as { translations: [{ text: string }] }).translations[0].text).toBe('Yes.')
    expect(performance.now() - begin).toBeLessThan(5000)
  } finally {
    for (const socket of sockets) socket.on('error', () => {}).destroy()
    patient.child.kill('SIGKILL')
  }
})
