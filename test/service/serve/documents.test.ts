import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { documentBytes, filesOf } from '../../use/translate/packages/package.ts'
import { startServer, type TestServer } from './server.ts'

const file = (name: string, bytes: Uint8Array = documentBytes(name)) => new File([Uint8Array.from(bytes)], name)

let server: TestServer
beforeAll(async () => {
  const keys = join(scratchFolder(), 'keys.txt')
  writeFileSync(keys, 'a-key mine\nb-key other\nfew poor 10\n')
  server = await startServer({ keys, document: 1, documents: 3 })
})
afterAll(() => server.close())

const mine = { authorization: 'Bearer a-key' }
const other = { authorization: 'Bearer b-key' }

const send = (path: string, fields: readonly [string, string | Blob][], headers: Record<string, string> = mine) =>
  server.multipart(path, fields, headers)
const bytesAt = async (path: string, request: RequestInit = {}) => {
  const answer = await fetch(server.url + path, { headers: mine, ...request })
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) }
}
const english = async (bytes: Buffer, part: string) => (await filesOf(bytes)).get(part)!.toString()

async function settled(id: string) {
  for (;;) {
    const { json } = await server.get(`/v1/documents/${id}`, mine)
    if (json.status === 'done' || json.status === 'error') return json
    await wait(20)
  }
}

describe('/v1/documents', () => {
  it('takes a document, tells its status, and gives the translation once', async () => {
    const taken = await send('/v1/documents', [['file', file('rapport.docx')]])
    expect(taken.status).toBe(202)
    const { id, name } = taken.json
    expect(name).toBe('rapport.docx')
    expect(taken.headers.get('location')).toBe(`/v1/documents/${id}`)
    expect(await settled(id)).toMatchObject({ id, status: 'done', characters: expect.any(Number) })
    const { status, headers, bytes } = await bytesAt(`/v1/documents/${id}/result`)
    expect(status).toBe(200)
    expect(headers.get('content-disposition')).toContain('filename="rapport.docx"')
    expect(JSON.parse(headers.get('x-document-report')!)).toEqual({
      texts: expect.any(Number),
      left: { code: expect.any(Number), wordless: expect.any(Number), translated: 0 },
      cut: [],
      compared: [],
      checks: expect.any(Array),
    })
    expect(await english(bytes, 'word/header1.xml')).toContain('The museum of the city')
    expect((await server.get(`/v1/documents/${id}`, mine)).status).toBe(404)
    expect((await bytesAt(`/v1/documents/${id}/result`)).status).toBe(404)
  })

  it('takes columns, formats by name, and properties', async () => {
    const table = file('prix.csv', Buffer.from('id,texte\n1,Bonjour\n'))
    const { json } = await send('/v1/documents', [
      ['file', table],
      ['columns', 'texte'],
      ['source', 'auto'],
      ['target', 'en'],
    ])
    await settled(json.id)
    expect((await bytesAt(`/v1/documents/${json.id}/result`)).bytes.toString()).toBe('id,texte\n1,Hello\n')
    const named = await send('/v1/documents', [
      ['file', file('x.bin', Buffer.from('Bonjour'))],
      ['format', 'text'],
    ])
    await settled(named.json.id)
    expect((await bytesAt(`/v1/documents/${named.json.id}/result`)).bytes.toString()).toBe('Hello')
  })

  it('keeps the documents of a key from others, and deletes them', async () => {
    const { json } = await send('/v1/documents', [['file', file('prix.xlsx')]])
    expect((await server.get(`/v1/documents/${json.id}`, other)).status).toBe(404)
    expect((await server.ask(`/v1/documents/${json.id}`, { method: 'DELETE', headers: other })).status).toBe(404)
    expect((await server.ask(`/v1/documents/${json.id}`, { method: 'DELETE', headers: mine })).status).toBe(204)
    expect((await server.get(`/v1/documents/${json.id}`, mine)).status).toBe(404)
  })

  it('says why a document cannot be translated', async () => {
    const damaged = await send('/v1/documents', [
      ['file', file('a.docx', documentBytes('rapport.docx').subarray(0, 900))],
    ])
    const json = await settled(damaged.json.id)
    expect(json).toMatchObject({ status: 'error', error: { code: 'ERR_INPUT' } })
    expect((await server.get(`/v1/documents/${json.id}/result`, mine)).status).toBe(400)
    await server.ask(`/v1/documents/${json.id}`, { method: 'DELETE', headers: mine })
    const pdf = await send('/v1/documents', [['file', file('a.pdf', Buffer.from('%PDF-1.4'))]])
    expect(pdf).toMatchObject({
      status: 400,
      json: { error: { code: 'ERR_INPUT', message: expect.stringMatching(/a PDF has letters/) } },
    })
    expect((await send('/v1/documents', [['format', 'docx']])).json.error.message).toContain("field 'file'")
    expect(
      (
        await send('/v1/documents', [
          ['file', file('prix.xlsx')],
          ['target', 'xx'],
        ])
      ).status,
    ).toBe(400)
    expect((await send('/v1/documents', [['file', file('prix.xlsx')]], {})).status).toBe(401)
  })

  it('refuses documents above the limits: of one, of all, of the key', async () => {
    const large = file('a.txt', Buffer.alloc(1_100_000, 'a'))
    expect((await send('/v1/documents', [['file', large]])).status).toBe(413)
    const half = () => send('/v1/documents', [['file', file('a.txt', Buffer.alloc(700_000, ' '))]])
    const first = await half()
    const second = await half()
    expect([first.status, second.status, (await half()).status]).toEqual([202, 202, 429])
    for (const { json } of [first, second])
      await server.ask(`/v1/documents/${json.id}`, { method: 'DELETE', headers: mine })
    const poor = { authorization: 'Bearer few' }
    const { json } = await send('/v1/documents', [['file', file('prix.xlsx')]], poor)
    for (let status = ''; status !== 'error'; await wait(20))
      status = (await server.get(`/v1/documents/${json.id}`, poor)).json.status
    expect((await server.get(`/v1/documents/${json.id}/result`, poor)).json.error.code).toBe('ERR_QUOTA')
  })
})

describe('/v2/document', () => {
  it('takes, tells and gives as DeepL does', async () => {
    const { json } = await send('/v2/document', [
      ['target_lang', 'EN-US'],
      ['file', file('visite.odp')],
    ])
    expect(json).toEqual({ document_id: expect.stringMatching(/^[0-9A-F]{32}$/), document_key: expect.any(String) })
    const { document_id: id, document_key } = json
    expect((await server.post(`/v2/document/${id}`, { document_key: 'x' }, mine)).status).toBe(404)
    const status = async () => (await server.form(`/v2/document/${id}`, [['document_key', document_key]], mine)).json
    let told = await status()
    while (told.status !== 'done') {
      expect(told.status).toMatch(/queued|translating/)
      await wait(20)
      told = await status()
    }
    expect(told).toEqual({ document_id: id, status: 'done', billed_characters: expect.any(Number) })
    const result = await bytesAt(`/v2/document/${id}/result`, {
      method: 'POST',
      headers: { ...mine, 'content-type': 'application/json' },
      body: JSON.stringify({ document_key }),
    })
    expect(await english(result.bytes, 'content.xml')).toContain('in the garden.')
    expect((await server.post(`/v2/document/${id}/result`, { document_key }, mine)).status).toBe(404)
  })

  it('refuses what DeepL refuses', async () => {
    const without = await send('/v2/document', [['file', file('visite.odp')]])
    expect(without).toMatchObject({ status: 400, json: { message: "Parameter 'target_lang' not specified." } })
    const other = await send('/v2/document', [
      ['target_lang', 'EN'],
      ['output_format', 'docx'],
      ['file', file('visite.odp')],
    ])
    expect(other.json.message).toContain("Value for 'output_format' not supported")
  })
})

describe('/translate_file', () => {
  it('answers with an address, from which the translation is downloaded once', async () => {
    const fields: [string, string | Blob][] = [
      ['source', 'auto'],
      ['target', 'en'],
      ['api_key', 'a-key'],
    ]
    const { status, json } = await send('/translate_file', [...fields, ['file', file('rapport.odt')]], {})
    expect({ status, json }).toEqual({
      status: 200,
      json: { translatedFileUrl: expect.stringContaining(`${server.url}/download_file/`) },
    })
    expect(json.translatedFileUrl).toMatch(/rapport_en\.odt$/)
    const path = new URL(json.translatedFileUrl).pathname
    const { bytes } = await bytesAt(path, { headers: {} })
    expect(await english(bytes, 'content.xml')).toContain('museum visits')
    expect((await server.get(path)).status).toBe(404)
  })

  it('says why not, in the form of LibreTranslate', async () => {
    const fields: [string, string | Blob][] = [
      ['source', 'fr'],
      ['target', 'en'],
      ['api_key', 'a-key'],
    ]
    const { status, json } = await send('/translate_file', [...fields, ['file', file('a.docx', Buffer.from('x'))]], {})
    expect({ status, json }).toEqual({ status: 400, json: { error: expect.stringContaining('damaged') } })
    expect((await send('/translate_file', fields, {})).status).toBe(400)
    expect((await send('/translate_file', [...fields.slice(0, 2), ['file', file('rapport.odt')]], {})).status).toBe(403)
  })

  it('is told by the settings that clients ask', async () => {
    const { json } = await server.get('/frontend/settings')
    expect(json.filesTranslation).toBe(true)
    expect(json.supportedFilesFormat).toEqual(expect.arrayContaining(['.docx', '.odt', '.pptx', '.odp', '.epub']))
  })
})
