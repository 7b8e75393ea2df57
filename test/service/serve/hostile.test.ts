import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWithTurns } from './command.ts'

/** The server is a process of its own, whose main thread's own processor time is measured. */
let server: Awaited<ReturnType<typeof startWithTurns>>
beforeAll(async () => {
  server = await startWithTurns(['--log', 'silent'], { GLASSFORMER_API_KEYS: '' })
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

/** As many of these as a request may have, in 490 kB. */
const fill = (text: string, before = '', after = '') => before + text.repeat(Math.floor(490_000 / text.length)) + after
const own = (text: string, more: object = {}) => ({ text, timeout: 4000, ...more })
const cue = '1\n00:00:01,000 --> 00:00:02,000\nIl pleut.\n\n'
const xliff =
  '<xliff version="1.2"><file source-language="fr" target-language="en" original="a" datatype="plaintext"><body>'

/** Texts of each format with as many parts as 490 kB may have. */
const formats: Record<string, string> = {
  text: fill('%s '),
  html: fill('%s', '<p>', '</p>'),
  markdown: fill('`a` '),
  xml: fill('<a>%s</a>', '<r>', '</r>'),
  srt: fill(cue),
  vtt: fill(cue.slice(2).replaceAll(',', '.'), 'WEBVTT\n\n'),
  json: fill('"Il pleut %s",', '[', '""]'),
  po: fill('msgid "Il pleut"\nmsgstr ""\n\n'),
  xliff: fill('<trans-unit id="1"><source>Il pleut</source></trans-unit>', xliff, '</body></file></xliff>'),
  yaml: fill('- Il pleut\n'),
  properties: fill('a=Il pleut\n'),
  strings: fill('"a" = "Il pleut";\n'),
}

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
  ...Object.entries(formats).map(([format, text]): [string, string, unknown] => [
    `many parts in ${format}`,
    '/v1/translate',
    own(text, { format }),
  ]),
  ['tags of HTML in one paragraph', '/v1/translate', own(fill('<b>a</b> '), { format: 'html' })],
  ['pictures in one paragraph', '/v1/translate', own(fill('a <img> '), { format: 'html' })],
  ['placeholders in LibreTranslate', '/translate', { q: fill('%s '), source: 'fr', target: 'en', format: 'html' }],
  ['elements of XML in one text', '/v2/translate', deepl(fill('a <x/> '), { tag_handling: 'xml' })],
  ['emoji', '/v1/translate', own(fill('😀 '))],
  ['addresses', '/v1/translate', own(fill('http://a.b/c '))],
  ['sentences', '/v1/translate', own(fill('Il pleut. '))],
  ['lines', '/v1/translate', own(fill('a\n'))],
  ['one word', '/v1/translate', own(fill('a'))],
]

/**
 * Milliseconds of the main thread's time for a turn of the event loop; the kernel's clock counts in steps of 4 ms. A pause of
 * the garbage collector takes longer now and then, and is not there again; a turn of our code is.
 */
const LONGEST = 20 + 4

describe('a server answers others', () => {
  it.skipIf(process.platform !== 'linux').each(requests)(
    'while it has %s',
    { retry: 2, timeout: 120_000 },
    async (_, path, body) => {
      await (await fetch(`${server.url}/health`)).text()
      await server.longestTurn()
      const answer = await post(path, body)
      await answer.text()
      expect([200, 400, 408, 413]).toContain(answer.status)
      expect(await server.longestTurn()).toBeLessThan(LONGEST)
    },
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
