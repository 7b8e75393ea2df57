import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCommand } from './command.ts'

/** The server is a process of its own: what holds up its event loop is not hidden by the client's. */
let server: Awaited<ReturnType<typeof startCommand>>
beforeAll(async () => {
  server = await startCommand([], { GLASSFORMER_API_KEYS: '' })
})
afterAll(() => void server.child.kill('SIGKILL'))

const post = (path: string, body: unknown) =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

const deepl = (text: string, options: object) => ({ text: [text], source_lang: 'FR', target_lang: 'EN', ...options })
const markdown = (text: string) => ({ text, format: 'markdown' })
const terms = Object.fromEntries(Array.from({ length: 45_000 }, (_, i) => [`t${i}`, `u${i}`]))

/** Requests that once held up the event loop for a quarter of a second to two minutes. */
const requests: [string, string, unknown][] = [
  ['white space without line ends', '/v2/translate', deepl(' '.repeat(100_000), { split_sentences: 'nonewlines' })],
  ['punctuation that is kept', '/v2/translate', deepl('.'.repeat(100_000), { preserve_formatting: true })],
  ['quotations in quotations', '/v1/translate', markdown('> '.repeat(30_000))],
  ['links that do not end', '/v1/translate', markdown('['.repeat(120_000))],
  ['emphasis that does not end', '/v1/translate', markdown('*a '.repeat(30_000))],
  [
    'an ordinary page of Markdown',
    '/v1/translate',
    markdown('# Un titre\n\nUn **mot** et [un autre](a).\n\n'.repeat(800)),
  ],
  ['a page of many elements', '/v1/translate', { text: '<p>a</p>'.repeat(60_000), format: 'html' }],
  ['elements in elements', '/translate', { q: '<b>'.repeat(100_000), source: 'fr', target: 'en', format: 'html' }],
  ['fragments of XML', '/v2/translate', deepl('<a>un</a>'.repeat(50_000), { tag_handling: 'xml' })],
  ['lists in lists', '/v1/translate', '['.repeat(500_000)],
  ['objects without end', '/v1/translate', Array.from({ length: 150_000 }, () => ({}))],
  ['a glossary in the request', '/v1/translate', { text: 'Oui.', glossary: terms }],
]

describe('a server answers others', () => {
  it.each(requests)(
    'while it has %s',
    async (_, path, body) => {
      await (await fetch(`${server.url}/health`)).text()
      let isDone = false
      const asked = post(path, body).then(async (answer) => {
        await answer.text()
        isDone = true
        return answer.status
      })
      const delays: number[] = []
      while (!isDone) {
        const begin = performance.now()
        expect((await fetch(`${server.url}/health`)).status).toBe(200)
        delays.push(performance.now() - begin)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      expect([200, 400, 413]).toContain(await asked)
      // 50 ms on a quiet machine: one that is busy holds up the client too.
      expect(delays.toSorted((a, b) => a - b)[Math.floor(delays.length * 0.9)]).toBeLessThan(250)
    },
    120_000,
  )

  it('and ends on SIGTERM', async () => {
    const asked = post('/v1/translate', markdown('> '.repeat(30_000))).catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 200))
    const exit = once(server.child, 'exit')
    server.child.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
    await asked
  }, 60_000)
})
