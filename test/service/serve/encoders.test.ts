import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Encoder } from '#dist/use/encode/index.js'
import { startServer, type TestServer } from './server.ts'

const folder = (name: string) => join(import.meta.dirname, `../../golden/encoders/${name}/model`)

describe('a server with an encoder', () => {
  let server: TestServer
  let encoder: Encoder
  beforeAll(async () => {
    server = await startServer({ encoder: folder('st-dense') })
    encoder = await Encoder.load(folder('st-dense'), { workers: 1 })
  })
  afterAll(async () => {
    await encoder.close()
    await server.close()
  })

  test('answers clients of OpenAI, in floats and in base64', async () => {
    const input = ['Where is the station?', 'La gare est au bord de la rivière.']
    const expected = await encoder.embed(input)
    const { status, json } = await server.post('/v1/embeddings', { input, model: 'any' })
    expect(status).toBe(200)
    expect(json).toMatchObject({ object: 'list', model: 'any' })
    expect(json.usage.prompt_tokens).toBe(json.usage.total_tokens)
    expect(json.data[1]).toMatchObject({ object: 'embedding', index: 1 })
    json.data[1].embedding.forEach((value: number, i: number) => expect(value).toBeCloseTo(expected[1][i], 5))
    const short = await server.post('/v1/embeddings', { input: input[0], encoding_format: 'base64', dimensions: 8 })
    const bytes = Buffer.from(short.json.data[0].embedding, 'base64')
    expect(bytes.length).toBe(32)
    expect(bytes.readFloatLE(4)).toBeCloseTo(expected[0][1], 5)
  })

  test('describes its routes, with what they take', async () => {
    const { paths } = (await server.get('/openapi.json')).json
    const bodies = ['/v1/embeddings', '/v1/rerank', '/v2/rerank', '/embed', '/rerank'].map(
      (path) => paths[path].post.requestBody.content['application/json'].schema.required,
    )
    expect(bodies).toEqual([['input'], ['query', 'documents'], ['query', 'documents'], ['inputs'], ['query', 'texts']])
  })

  test('answers clients of Cohere and of TEI, in the order of the encoder', async () => {
    const [query, documents] = ['Where is the station?', ['I like apples.', 'The station is beside the river.']]
    const ranked = await encoder.rank(query, documents)
    const cohere = await server.post('/v2/rerank', { query, documents, top_n: 1, return_documents: true })
    expect(cohere.json.results).toEqual([
      {
        index: ranked[0].index,
        relevance_score: expect.closeTo(ranked[0].score, 5),
        document: { text: documents[ranked[0].index] },
      },
    ])
    const tei = await server.post('/rerank', { query, texts: documents })
    expect(tei.json.map(({ index }: { index: number }) => index)).toEqual(ranked.map(({ index }) => index))
    const vectors = await server.post('/embed', { inputs: documents })
    expect(vectors.json[0]).toHaveLength(encoder.dimensions)
  })

  test('refuses what it cannot read', async () => {
    for (const [path, body] of [
      ['/v1/embeddings', { input: 5 }],
      ['/v1/embeddings', { input: 'a', dimensions: 1.5 }],
      ['/embed', { inputs: [] }],
      ['/rerank', { query: 'a' }],
      ['/v2/rerank', { documents: ['a'] }],
    ] as const)
      expect((await server.post(path, body)).status).toBe(400)
  })
})
