import { createHash } from 'node:crypto'
import { type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GlassformerError } from '#dist/base/errors.js'
import { type InspectorServer, serveInspector } from '#dist/cli/inspect/server.js'

const source = '</script><script>alert(1)</script> & "quoted" \u2028'
const asked: { source: string; options: object }[] = []
let waiting: AbortSignal | undefined

const model = {
  name: 'echo',
  ownNames: ['*.positions'],
  async inspect(source: string, options: object, signal: AbortSignal): Promise<string> {
    asked.push({ source, options })
    if (source === 'wait') {
      waiting = signal
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      signal.throwIfAborted()
    }
    if (source === 'bad') throw new GlassformerError('ERR_OPTION', 'option x is bad')
    if (source === 'fault') throw new TypeError('a fault')
    return '{"format":"glassformer-trace"}'
  },
}

let server: InspectorServer
let port: number
beforeAll(async () => {
  server = await serveInspector({ models: [model], source, port: 0 })
  port = Number(new URL(server.url).port)
})
afterAll(() => server.close())

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

function ask(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: text }))
    })
    sent.on('error', reject).end(body)
  })
}

const json = { 'content-type': 'application/json' }
const post = (body: unknown, headers: Record<string, string> = json, path = '/api/inspect') =>
  ask('POST', path, headers, typeof body === 'string' ? body : JSON.stringify(body))

describe('the server of the page', () => {
  test('sends the page with a policy that allows only its own script and style, by their hashes', async () => {
    const { status, headers, body } = await ask('GET', '/')
    expect(status).toBe(200)
    const policy = headers['content-security-policy'] as string
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("connect-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    const hash = (text: string) => createHash('sha256').update(text).digest('base64')
    const [, style] = /<style>([\s\S]*?)<\/style>/.exec(body)!
    const [, script] = /<script>([\s\S]*?)<\/script>\s*<\/body>/.exec(body)!
    expect(policy).toContain(`style-src 'sha256-${hash(style)}'`)
    expect(policy).toContain(`script-src 'sha256-${hash(script)}'`)
    expect(body).not.toMatch(/(src|href)="?https?:/)
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
  })

  test('keeps HTML in the sentence as text', async () => {
    const { body } = await ask('GET', '/')
    const [, data] = /id="page-data">(.*?)<\/script>/s.exec(body)!
    expect(JSON.parse(data)).toMatchObject({ models: ['echo'], source, exported: null })
    expect(body).not.toContain('<script>alert')
  })

  test('lists its models', async () => {
    const { headers, body } = await ask('GET', '/api/models')
    expect(headers['content-type']).toContain('application/json')
    expect(JSON.parse(body)).toEqual({ models: [{ name: 'echo' }] })
  })

  test('passes requests on to the model, and answers with its result', async () => {
    const { status, body } = await post({ model: 'echo', source: 'a', options: { steps: 3 } })
    expect({ status, body }).toEqual({ status: 200, body: '{"format":"glassformer-trace"}' })
    expect(asked.at(-1)).toEqual({ source: 'a', options: { steps: 3 } })
  })

  test.for<[string, string, Record<string, string>]>([
    ['GET', '/', { host: 'evil.example' }],
    ['GET', '/', { host: 'localhost.evil.example:80' }],
    ['GET', '/api/models', { host: '127.0.0.1:1' }],
    ['GET', '/api/models', { origin: 'https://evil.example' }],
    ['GET', '/', { 'sec-fetch-site': 'cross-site' }],
    ['GET', '/', { 'sec-fetch-site': 'same-site' }],
    ['POST', '/api/inspect', { ...json, origin: 'https://evil.example' }],
    ['POST', '/api/inspect', { ...json, origin: 'null' }],
    ['POST', '/api/inspect', { ...json, host: 'evil.example' }],
    ['POST', '/api/export', { ...json, 'sec-fetch-site': 'cross-site' }],
    ['OPTIONS', '/api/inspect', { origin: 'https://evil.example', 'access-control-request-method': 'POST' }],
  ])('another site can neither read nor start anything: %j', async ([method, path, headers]) => {
    const before = asked.length
    const answer = await ask(method, path, { host: `127.0.0.1:${port}`, ...headers }, '{"model":"echo","source":"a"}')
    expect(answer.status).toBe(403)
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    expect(answer.body).not.toContain('echo')
    expect(asked.length).toBe(before)
  })

  test('accepts its own page, under each name of this machine', async () => {
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
      const headers = { ...json, host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }
      expect((await post({ model: 'echo', source: 'a' }, headers)).status).toBe(200)
    }
  })

  test('no other machine reaches it', async (context) => {
    const address = Object.values(networkInterfaces())
      .flat()
      .find((each) => each && !each.internal && each.family === 'IPv4')?.address
    context.skip(!address, 'there is no network')
    const refused = new Promise((resolve) => {
      const socket = connect(port, address!)
      socket.on('error', () => resolve('refused')).on('connect', () => resolve('connected'))
    })
    expect(await refused).toBe('refused')
  })

  test.for<[string, unknown, Record<string, string>]>([
    ['text/plain', { model: 'echo', source: 'a' }, { 'content-type': 'text/plain' }],
    ['no type', { model: 'echo', source: 'a' }, {}],
    ['no JSON', '{', json],
    ['no object', '[]', json],
    ['model is no string', { source: 'a' }, json],
    ['source is no string', { model: 'echo', source: 7 }, json],
    ['options is no object', { model: 'echo', source: 'a', options: [] }, json],
    ['unknown field "sorce"', { model: 'echo', source: 'a', sorce: 'b' }, json],
    ['there is no model "<b>"', { model: '<b>', source: 'a' }, json],
    ['longer than 1048576 bytes', `"${'a'.repeat(1 << 20)}"`, json],
  ])('a bad request gets a JSON error that says: %s', async ([says, body, headers]) => {
    const answer = await post(body, headers)
    expect(answer.status).toBe(400)
    const { error } = JSON.parse(answer.body)
    expect(error.code).toBe('ERR_INPUT')
    expect(error.message).toContain(says)
  })

  test('errors of the model keep their code, and an internal error is ERR_INTERNAL', async () => {
    const bad = await post({ model: 'echo', source: 'bad' })
    expect([bad.status, JSON.parse(bad.body)]).toEqual([
      400,
      { error: { code: 'ERR_OPTION', message: 'option x is bad' } },
    ])
    const fault = await post({ model: 'echo', source: 'fault' })
    expect([fault.status, JSON.parse(fault.body).error.code]).toEqual([500, 'ERR_INTERNAL'])
    expect((await ask('GET', '/')).status).toBe(200)
  })

  test('an unknown address returns a page, or JSON where JSON was requested', async () => {
    const page = await ask('GET', '/<i>nowhere')
    expect([page.status, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
    expect(page.body).not.toContain('<i>')
    const api = await ask('GET', '/api/inspect')
    expect([api.status, JSON.parse(api.body).error.code]).toEqual([404, 'ERR_INPUT'])
    expect((await ask('DELETE', '/')).status).toBe(405)
  })

  test('stops the work when the client disconnects', async () => {
    const sent = request({ host: '127.0.0.1', port, method: 'POST', path: '/api/inspect', headers: json })
    sent.on('error', () => {}).end(JSON.stringify({ model: 'echo', source: 'wait' }))
    await expect.poll(() => waiting?.aborted).toBe(false)
    sent.destroy()
    await expect.poll(() => waiting?.aborted).toBe(true)
  })

  test('exports runs as one file with its own policy', async () => {
    const run = { model: 'echo', source: 'a' }
    const request = { runs: [{ run, model: 'echo', source: 'a', options: { beams: 2 } }], start: 'lens' }
    const { status, body } = await post(request, json, '/api/export')
    expect(status).toBe(200)
    expect(body).toMatch(/<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-/)
    // A model that the reader names, and no other address.
    expect(body).toContain('; connect-src http: https:;')
    const [, data] = /id="page-data">(.*?)<\/script>/s.exec(body)!
    expect(JSON.parse(data)).toEqual({
      models: ['echo'],
      steps: null,
      source: 'a',
      start: 'lens',
      exported: [{ run, trace: { format: 'glassformer-trace' } }],
    })
    expect(asked.at(-1)!.options).toMatchObject({
      beams: 2,
      beamTree: true,
      tensors: expect.arrayContaining(['**.query']),
    })
    for (const bad of [
      { runs: [] },
      { runs: [{}] },
      { runs: request.runs, strat: '' },
      { runs: request.runs, start: 1 },
    ])
      expect((await post(bad, json, '/api/export')).status).toBe(400)
  })

  test('a port that is in use is ERR_OPTION', async () => {
    await expect(serveInspector({ models: [model], source, port })).rejects.toMatchObject({ code: 'ERR_OPTION' })
  })
})
