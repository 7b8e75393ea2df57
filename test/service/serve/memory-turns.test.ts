import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { startWithTurns } from './command.ts'

let server: Awaited<ReturnType<typeof startWithTurns>>
beforeAll(async () => {
  server = await startWithTurns(['--memories', scratchFolder(), '--log', 'silent'], { GLASSFORMER_API_KEYS: '' })
})
afterAll(() => void server.child.kill('SIGKILL'))

/** Milliseconds of the main thread's time between two turns of the event loop; the clock counts in steps of 4 ms. */
const LONGEST = 20 + 4

const UNITS = 50_000
const unit = (i: number) =>
  `<tu><tuv xml:lang="fr"><seg>La maison ${i} est ${i % 7} et le chat ${i % 13} dort.</seg></tuv><tuv xml:lang="en"><seg>House ${i}.</seg></tuv></tu>`
const large = `<tmx version="1.4"><body>${Array.from({ length: UNITS }, (_, i) => unit(i)).join('')}</body></tmx>`

const imported = async (tmx: string) => {
  const form = new FormData()
  form.append('file', new File([tmx], 'a.tmx'))
  form.append('source', 'fr')
  form.append('target', 'en')
  const answer = await fetch(`${server.url}/v1/memory/tmx`, { method: 'POST', body: form })
  return { status: answer.status, json: await answer.json() }
}
const post = async (path: string, body: object) => {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: answer.status, text: await answer.text() }
}

describe.skipIf(process.platform !== 'linux')('the event loop is free while a memory', { timeout: 120_000 }, () => {
  it('refuses elements in elements without end', async () => {
    await server.longestTurn()
    const { status, json } = await imported(`<tmx><body>${'<a>'.repeat(200_000)}`)
    expect([status, json.error.code]).toEqual([400, 'ERR_INPUT'])
    expect(json.error.message).toMatch(/deep/)
    expect(await server.longestTurn()).toBeLessThan(LONGEST)
  })

  it('takes many units, and gives them', async () => {
    await server.longestTurn()
    expect(await imported(large)).toMatchObject({ status: 200, json: { added: UNITS, units: UNITS } })
    expect(await server.longestTurn()).toBeLessThan(LONGEST)
    const answer = await fetch(`${server.url}/v1/memory/tmx?source=fr&target=en`)
    expect((await answer.text()).match(/<tu>/g)).toHaveLength(UNITS)
    expect(await server.longestTurn()).toBeLessThan(LONGEST)
  })

  it('is asked for many texts, of which it has some', async () => {
    await server.longestTurn()
    const text = Array.from({ length: 1000 }, (_, i) => `La maison ${i} est ${i % 7} et le chat ${i % 13} dort.`)
    const { status, text: body } = await post('/v1/translate', { text })
    expect([status, JSON.parse(body).translations[999].text]).toEqual([200, 'House 999.'])
    const like = text.map((each) => each.replace('maison', 'rue'))
    expect([200, 408]).toContain((await post('/v1/translate', { text: like, timeout: 5000 })).status)
    expect(await server.longestTurn()).toBeLessThan(LONGEST)
  })
})
