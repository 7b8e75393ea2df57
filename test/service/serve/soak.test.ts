import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { nativeReasons } from '../../backends.ts'
import { Random } from '../../engine/program/random-operands.ts'
import { root } from '../../repository/repository.ts'
import { lines } from '../../use/translate/lines.ts'

/**
 * GLASSFORMER_SOAK=100000 runs the whole soak, with sentences of every length, in some minutes. The default has short
 * ones.
 */
const REQUESTS = Number(process.env.GLASSFORMER_SOAK ?? (nativeReasons.length ? 500 : 10_000))
const CLIENTS = 64
/** In each part of the requests the server's memory and event loop are looked at. */
const PARTS = 10
/** In ten thousand requests the heaps of V8 have not yet grown to their sizes. */
const MOST_GROWTH = process.env.GLASSFORMER_SOAK ? 1.2 : 1.6
/** A worker dies every so many requests. */
const BETWEEN_KILLS = Math.max(1000, REQUESTS / 100)

const short =
  'Oui. Non ! Merci. Bonjour. Pourquoi ? Viens ! Attention ! Demain. Jamais ! Encore. Bravo ! Silence ! Bonsoir. Salut !'
const texts = process.env.GLASSFORMER_SOAK ? lines.filter((text) => text.length < 120) : short.match(/\S+(?: [?!])?/g)!

type Answer = { status: number; headers: IncomingMessage['headers']; text: string }

interface Asked {
  url: string
  body: object
  agent: Agent
  accept?: string
  /** Milliseconds after which the client hangs up. */
  hangsUpAfter?: number
}

function ask({ url, body, agent, accept = 'application/json', hangsUpAfter }: Asked): Promise<Answer | 'left'> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', accept }
    const request = httpRequest(`${url}/v1/translate`, { method: 'POST', agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }))
      response.on('error', (error) => (hangsUpAfter === undefined ? reject(error) : resolve('left')))
    })
    request.on('error', (error) => (hangsUpAfter === undefined ? reject(error) : resolve('left')))
    if (hangsUpAfter !== undefined) setTimeout(() => request.destroy(), hangsUpAfter)
    request.end(JSON.stringify(body))
  })
}

const measured = async (child: ChildProcess): Promise<{ rss: number; p99: number }> => {
  child.send('measure')
  return (await once(child, 'message'))[0]
}

test(`${REQUESTS} requests of ${CLIENTS} clients: each that is accepted is answered once, with the text it has alone, whoever hangs up and whatever worker dies`, {
  timeout: 3_600_000,
}, async () => {
  const random = new Random(1)
  const child = fork(join(root, 'test/service/serve/soak-server.mjs'), [JSON.stringify({})], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exit = once(child, 'exit')
  const [{ url }] = await once(child, 'message')
  const alone = new Map<string, string>()
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS })
  for (const text of texts) {
    const answer = (await ask({ url, agent, body: { text, beams: 1 } })) as Answer
    alone.set(text, JSON.parse(answer.text).translations[0].text)
  }
  const counts = { answered: 0, left: 0, streamed: 0, refused: 0 }
  let begun = 0
  let isEnding = false
  const parts: { rss: number; p99: number }[] = []

  async function oneRequest(): Promise<void> {
    const n = begun++
    if (n % BETWEEN_KILLS === BETWEEN_KILLS - 1) child.send('kill')
    if (n % Math.ceil(REQUESTS / PARTS) === 0) parts.push(await measured(child))
    const chosen = Array.from({ length: random.integer(1, 3) }, () => random.pick(texts))
    const kind = random.next()
    if (kind < 0.1) {
      const hangsUpAfter = random.next() * 60
      const answer = await ask({ url, agent, body: { text: chosen, beams: 1 }, hangsUpAfter })
      if (answer === 'left') return void counts.left++
      return check(answer, chosen)
    }
    if (kind < 0.2) {
      const accept = 'application/x-ndjson'
      const answer = (await ask({ url, agent, body: { text: chosen, beams: 1 }, accept })) as Answer
      if (answer.status !== 200) return check(answer, chosen)
      const told = answer.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(told.map(({ event }) => event)).toEqual([...chosen.map(() => 'translation'), 'done'])
      expect(told.slice(0, -1).map(({ text }) => text)).toEqual(chosen.map((text) => alone.get(text)))
      return void counts.streamed++
    }
    check((await ask({ url, agent, body: { text: chosen, beams: 1 } })) as Answer, chosen)
  }

  function check({ status, headers, text }: Answer, chosen: readonly string[]): void {
    if (isEnding && status === 503) {
      expect(headers['retry-after']).toBeDefined()
      return void counts.refused++
    }
    expect([status, text]).toEqual([200, expect.any(String)])
    const { translations } = JSON.parse(text) as { translations: { text: string }[] }
    expect(translations.map((each) => each.text)).toEqual(chosen.map((each) => alone.get(each)))
    counts.answered++
  }

  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (begun < REQUESTS - CLIENTS) await oneRequest()
    }),
  )
  parts.push(await measured(child))
  // The last requests are in progress when the server receives the signal.
  const last = Array.from({ length: CLIENTS }, () => oneRequest())
  await new Promise((resolve) => setTimeout(resolve, 30))
  isEnding = true
  child.kill('SIGTERM')
  await new Promise((resolve) => setTimeout(resolve, 5))
  const fresh = new Agent()
  const late = await ask({ url, agent: fresh, body: { text: 'Oui.' } }).catch(() => 'gone')
  if (late !== 'gone') expect((late as Answer).status).toBe(503)
  await Promise.all(last)
  expect(await exit).toEqual([0, null])
  expect(counts.answered + counts.left + counts.streamed + counts.refused).toBe(REQUESTS)
  expect(counts.answered).toBeGreaterThan(0.6 * REQUESTS)
  // Memory goes up and down with V8's garbage: what is compared is the least of some parts. The first of them begins.
  const least = (from: number, to: number) => Math.min(...parts.slice(from, to).map(({ rss }) => rss))
  expect(least(7, PARTS + 1)).toBeLessThan(MOST_GROWTH * least(2, 6))
  if (process.env.GLASSFORMER_SOAK) console.log(counts, parts)
  agent.destroy()
})
