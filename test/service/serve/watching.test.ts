import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { root } from '../../repository/repository.ts'
import { startServer, type TestServer } from './server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ queue: 3, cors: ['https://example.org'] })
})
afterAll(() => server.close())

const figure = (text: string, name: string) =>
  Number(new RegExp(`^${name.replace(/[{}"+]/g, '\\$&')} (\\S+)$`, 'm').exec(text)?.[1])

it('/metrics counts requests, tokens, steps and times to first tokens, in the form of Prometheus', async () => {
  await server.post('/v1/translate', { text: ['Je suis étudiant.', 'Oui.'], beams: 1 })
  await server.post('/v1/translate', { text: 1 })
  const { text, headers } = await server.get('/metrics')
  expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const labels = 'method="POST",route="/v1/translate"'
  expect(figure(text, `glassformer_http_requests_total{${labels},status="200"}`)).toBe(1)
  expect(figure(text, `glassformer_http_requests_total{${labels},status="400"}`)).toBe(1)
  expect(figure(text, 'glassformer_target_tokens_total{model="fr-en"}')).toBeGreaterThan(5)
  expect(figure(text, 'glassformer_sentences_total{model="fr-en"}')).toBe(2)
  for (const name of ['glassformer_step_seconds', 'glassformer_first_token_seconds']) {
    const count = figure(text, `${name}_count{model="fr-en"}`)
    expect(count).toBeGreaterThan(0)
    expect(figure(text, `${name}_bucket{le="+Inf",model="fr-en"}`)).toBe(count)
    expect(figure(text, `${name}_sum{model="fr-en"}`)).toBeGreaterThan(0)
  }
  for (const name of ['queue_texts', 'batch_fill', 'tokens_per_second', 'live_rows'])
    expect(figure(text, `glassformer_${name}{model="fr-en"}`), name).toBeGreaterThanOrEqual(0)
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m)
  // Each line is a comment or a metric, and no metric is described twice.
  for (const line of text.trim().split('\n'))
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .*|\w+(\{[^}]*\})? [\d.e+-]+|\w+(\{[^}]*\})? Nan|)$/i)
})

it('a full queue is answered at once, with 429 and the time of a retry', async () => {
  const long = Array(3).fill('Il pleut et nous restons à la maison. '.repeat(30))
  const first = server.post('/v1/translate', { text: long })
  await expect
    .poll(async () => figure((await server.get('/metrics')).text, 'glassformer_open_texts{model="fr-en"}'))
    .toBe(3)
  const refused = await server.post('/v1/translate', { text: 'Oui.' })
  expect([refused.status, refused.json.error.code]).toEqual([429, 'ERR_BUSY'])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
  const theirs = await server.post('/v2/translate', { text: 'Oui.', target_lang: 'EN' })
  expect([theirs.status, theirs.json.message]).toEqual([429, expect.any(String)])
  const libre = await server.post('/translate', { q: 'Oui.', source: 'fr', target: 'en' })
  expect([libre.status, libre.json.error]).toEqual([429, expect.any(String)])
  expect((await first).status).toBe(200)
})

it('/openapi.json describes every route from the settings that read requests', async () => {
  const { json } = await server.get('/openapi.json')
  expect(json.openapi).toMatch(/^3\.1/)
  expect(Object.keys(json.paths).sort()).toEqual([
    '/detect',
    '/download_file/{name}',
    '/frontend/settings',
    '/health',
    '/languages',
    '/metrics',
    '/ready',
    '/translate',
    '/translate_file',
    '/v1/audio/transcriptions',
    '/v1/audio/translations',
    '/v1/detect',
    '/v1/documents',
    '/v1/documents/{id}',
    '/v1/documents/{id}/result',
    '/v1/memory',
    '/v1/memory/search',
    '/v1/memory/tmx',
    '/v1/models',
    '/v1/models/{name}',
    '/v1/score',
    '/v1/translate',
    '/v2/document',
    '/v2/document/{id}',
    '/v2/document/{id}/result',
    '/v2/glossaries',
    '/v2/glossaries/{id}',
    '/v2/glossaries/{id}/entries',
    '/v2/glossary-language-pairs',
    '/v2/languages',
    '/v2/translate',
    '/v2/usage',
    '/v3/glossaries',
    '/v3/glossaries/{id}',
    '/v3/glossaries/{id}/dictionaries',
    '/v3/glossaries/{id}/entries',
  ])
  const { schema } = json.paths['/v1/translate'].post.requestBody.content['application/json']
  expect(schema.required).toEqual(['text'])
  expect(schema.properties.beams).toMatchObject({ type: 'integer', minimum: 1, maximum: 1024 })
})

it('/docs is a self-contained page', async () => {
  const { text, headers } = await server.get('/docs')
  expect(headers.get('content-type')).toMatch(/^text\/html/)
  expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*connect-src 'self'/)
  expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
})

it('pages of other origins have access where the server allows it, and by default not', async () => {
  const from = { origin: 'https://example.org' }
  expect((await server.get('/v1/models', from)).headers.get('access-control-allow-origin')).toBe('https://example.org')
  const preflight = { method: 'OPTIONS', headers: { ...from, 'access-control-request-method': 'DELETE' } }
  const { headers } = await server.ask('/v2/glossaries/any', preflight)
  expect(headers.get('access-control-allow-methods')).toContain('DELETE')
  await using usual = await startServer()
  expect((await usual.get('/v1/models', from)).headers.get('access-control-allow-origin')).toBeNull()
})

it('the log has requests by their ids, without texts and keys', async () => {
  const folder = scratchFolder()
  const keys = join(folder, 'keys.txt')
  writeFileSync(keys, 'secret-key mine\n')
  const program = `import { serve } from '#dist/service/serve/index.js'
    const server = await serve({ port: 0, keys: ${JSON.stringify(keys)} })
    const ask = (path, body, key = 'secret-key') => fetch(server.url + path, { method: 'POST', body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', authorization: 'Bearer ' + key, 'x-request-id': 'my-request' } })
    await ask('/v1/translate', { text: 'Ananas violet.' })
    await ask('/v1/translate?q=ananas', { text: ['Ananas violet.'], beams: 'ananas' })
    await ask('/v2/translate', { text: 'Ananas', target_lang: 'ananas' })
    await ask('/v1/translate', { text: 'Ananas' }, 'ananas-key')
    await server.close()`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { cwd: root })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
    })
  expect(await new Promise((resolve) => child.on('close', resolve)), said).toBe(0)
  const lines = said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.some(({ reqId, res }) => reqId === 'my-request' && res?.status === 200)).toBe(true)
  expect(lines.some(({ code }) => code === 'ERR_OPTION')).toBe(true)
  expect(said).not.toMatch(/ananas|secret-key/i)
})
