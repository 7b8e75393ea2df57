import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { startCommand } from './command.ts'
import { startServer } from './server.ts'

const long = 'Il pleut et nous restons à la maison, car nous n’avons rien d’autre à faire. '.repeat(40)
const json = { 'content-type': 'application/json' }

const ask = (url: string, body: object, signal?: AbortSignal) =>
  fetch(`${url}/v1/translate`, { method: 'POST', headers: json, body: JSON.stringify(body), signal })

describe('the end of a server', () => {
  it('by SIGTERM: accepted requests are answered, new ones are refused with retry-after', async () => {
    const { url, child } = await startCommand()
    const exit = once(child, 'exit')
    const accepted = [1, 2, 3].map((beams) => ask(url, { text: long, beams }))
    const stream = await fetch(`${url}/v1/translate`, {
      method: 'POST',
      headers: { ...json, accept: 'text/event-stream' },
      body: JSON.stringify({ text: long, beams: 1 }),
    })
    child.kill('SIGTERM')
    await expect.poll(async () => (await fetch(`${url}/ready`)).status).toBe(503)
    expect((await fetch(`${url}/health`)).status).toBe(200)
    const refused = await ask(url, { text: 'Oui.' })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect(((await refused.json()) as { error: { code: string } }).error.code).toBe('ERR_CLOSED')
    for (const answer of await Promise.all(accepted)) {
      expect(answer.status).toBe(200)
      const { translations } = (await answer.json()) as { translations: [{ text: string }] }
      expect(translations[0].text.match(/rain/gi)!.length).toBeGreaterThanOrEqual(40)
    }
    expect(await stream.text()).toMatch(/event: done\ndata: .*\n\n$/)
    expect(await exit).toEqual([0, null])
  })

  it('by a second signal: at once', async () => {
    const { url, child } = await startCommand()
    const exit = once(child, 'exit')
    // So much work that no machine has done it before the second signal.
    const answers = Array.from({ length: 40 }, (_, i) =>
      ask(url, { text: `${i}. ${long}`, beams: 8 }).catch(() => null),
    )
    await new Promise((resolve) => setTimeout(resolve, 300))
    child.kill('SIGTERM')
    await expect.poll(async () => (await fetch(`${url}/ready`)).status).toBe(503)
    child.kill('SIGTERM')
    expect(await exit).toEqual([null, 'SIGTERM'])
    await Promise.all(answers)
  })

  it('by close(): work that exceeds the grace period is stopped', async () => {
    const server = await startServer({ grace: 0.1 })
    const answer = ask(server.url, { text: long.repeat(5), beams: 8 }).then(
      ({ status }) => status,
      () => 'broken',
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
    const begin = performance.now()
    await server.close()
    expect(performance.now() - begin).toBeLessThan(5000)
    expect(['broken', 503]).toContain(await answer)
  })
})

it('work stops when its client hangs up', async () => {
  await using server = await startServer()
  const requests = async () => (await server.get('/v1/models')).json.models[0].requests
  for (const accept of ['application/json', 'text/event-stream']) {
    const client = new AbortController()
    const body = JSON.stringify({ text: long.repeat(5), beams: 8 })
    const asked = fetch(`${server.url}/v1/translate`, {
      method: 'POST',
      headers: { ...json, accept },
      body,
      signal: client.signal,
    })
    asked.catch(() => {})
    await expect.poll(requests).toBe(1)
    client.abort()
    await expect.poll(requests).toBe(0)
    await expect(asked.then((answer) => answer.text())).rejects.toThrow()
  }
})
