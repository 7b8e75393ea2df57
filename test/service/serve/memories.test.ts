import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { startServer, type TestServer } from './server.ts'

const scratch = scratchFolder()
const memories = join(scratch, 'memories')
const keys = join(scratch, 'keys.txt')
const start = () => startServer({ keys, memories, memoryUnits: 5 })

let server: TestServer
beforeAll(async () => {
  writeFileSync(keys, 'a-key mine\nb-key other\n')
  server = await start()
})
afterAll(() => server.close())

const mine = { authorization: 'Bearer a-key' }
const other = { authorization: 'Bearer b-key' }
const pair = { source: 'fr', target: 'en' }
const address = '/v1/memory?source=fr&target=en'
const pupil = { source: 'Je suis étudiant.', target: 'I am a pupil.' }
const translated = async (text: string, more: object = {}, headers = mine) =>
  (await server.post('/v1/translate', { text, ...more }, headers)).json.translations[0]

const TMX = `<?xml version="1.0"?><tmx version="1.4"><header srclang="fr"/><body>
<tu><tuv xml:lang="fr"><seg>Oui.</seg></tuv><tuv xml:lang="en"><seg>Aye.</seg></tuv></tu></body></tmx>`

describe('/v1/memory', () => {
  it('takes units, which later translations of the key take, and no others', async () => {
    const { status, json } = await server.post('/v1/memory', { ...pair, units: [pupil] }, mine)
    expect([status, json]).toEqual([200, { ...pair, added: 1, units: 1 }])
    expect(await translated(pupil.source)).toMatchObject({ text: pupil.target, memory: [{ ...pupil, score: 1 }] })
    expect((await translated(pupil.source, { memory: false })).text).toBe('I am a student.')
    expect(await translated(pupil.source, {}, other)).toMatchObject({ text: 'I am a student.' })
    expect((await translated('Merci beaucoup. Je suis étudiant.')).text).toBe('Thank you very much. I am a pupil.')
  })

  it('suggests what is like a text, begins translations so, and is searched', async () => {
    const like = { ...pupil, score: 0.75 }
    expect((await translated('Je suis médecin.')).memory).toEqual([like])
    expect((await translated('Je suis médecin.', { memoryThreshold: 0.8 })).memory).toBeUndefined()
    const begun = await translated('Je suis médecin.', { memoryUse: 'begin' })
    expect(begun.memory).toEqual([{ ...like, begun: expect.stringMatching(/^I/) }])
    expect(begun.text).toMatch(/^I.* doctor/)
    const search = { ...pair, text: 'Je suis médecin.' }
    expect((await server.post('/v1/memory/search', search, mine)).json).toEqual({ units: [like] })
    expect((await server.post('/v1/memory/search', search, other)).json).toEqual({ units: [] })
  })

  it('takes TMX and gives it', async () => {
    const form: [string, string | Blob][] = [
      ['file', new File([TMX], 'a.tmx')],
      ['source', 'fr-FR'],
      ['target', 'en'],
    ]
    expect((await server.multipart('/v1/memory/tmx', form, mine)).json).toMatchObject({ added: 1, units: 2 })
    expect((await translated('Oui.')).text).toBe('Aye.')
    const { text, headers } = await server.get('/v1/memory/tmx?source=fr&target=en', mine)
    expect(headers.get('content-type')).toMatch(/tmx/)
    expect(text).toContain('<seg>Aye.</seg>')
    const damaged: [string, string | Blob][] = [['file', new File(['<a/>'], 'a.tmx')], ...form.slice(1)]
    expect((await server.multipart('/v1/memory/tmx', damaged, mine)).json.error.code).toBe('ERR_INPUT')
  })

  it('is asked for documents', async () => {
    const upload = async (more: [string, string][]) => {
      const file = new File(['Oui.\n'], 'a.txt')
      const { id } = (await server.multipart('/v1/documents', [['file', file], ...more], mine)).json
      while ((await server.get(`/v1/documents/${id}`, mine)).json.status !== 'done') await wait(20)
      return (await server.get(`/v1/documents/${id}/result`, mine)).text
    }
    expect(await upload([])).toBe('Aye.\n')
    expect(await upload([['memory', 'false']])).toBe('Yes.\n')
  })

  it('outlives the server, and belongs to its key', async () => {
    await server.close()
    server = await start()
    expect((await server.get('/v1/memory', mine)).json).toEqual({ memories: [{ ...pair, units: 2 }] })
    expect((await server.get('/v1/memory', other)).json).toEqual({ memories: [] })
    expect((await server.get('/v1/memory/tmx?source=fr&target=en', other)).status).toBe(404)
    expect((await translated('Oui.')).text).toBe('Aye.')
  })

  it('has a limit of units, and refuses what is none, or no language', async () => {
    const ask = async (body: unknown) => (await server.post('/v1/memory', body, mine)).json.error?.code
    const units = Array.from({ length: 4 }, (_, i) => ({ source: `un ${i}`, target: `one ${i}` }))
    expect(await ask({ ...pair, units })).toBe('ERR_QUOTA')
    expect(await ask({ ...pair, units: [{ source: ' ', target: 'x' }] })).toBe('ERR_OPTION')
    expect(await ask({ ...pair, units: [{ source: 'x' }] })).toBe('ERR_OPTION')
    expect(await ask({ ...pair, source: '../x', units: [] })).toBe('ERR_OPTION')
    expect(await ask({ units: [] })).toBe('ERR_OPTION')
    expect((await server.post('/v1/memory', { ...pair, units: [] })).status).toBe(401)
    expect((await server.get('/v1/memory/tmx?source=fr', mine)).json.error.code).toBe('ERR_OPTION')
  })

  it('is removed', async () => {
    expect((await server.ask(address, { method: 'DELETE', headers: other })).status).toBe(404)
    expect((await server.ask(address, { method: 'DELETE', headers: mine })).status).toBe(204)
    expect((await translated('Oui.')).text).toBe('Yes.')
    expect((await server.ask(address, { method: 'DELETE', headers: mine })).status).toBe(404)
    expect(readdirSync(memories).flatMap((each) => readdirSync(join(memories, each)))).toEqual([])
  })

  it('is not there on a server that keeps none', async () => {
    await using plain = await startServer()
    expect((await plain.get('/v1/memory')).json.error).toMatchObject({ code: 'ERR_NOT_FOUND' })
    expect(existsSync('undefined')).toBe(false)
  })
})
