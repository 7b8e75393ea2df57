import { copyFileSync, existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Encoder } from '#dist/use/encode/index.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'

// The real packages are used where GLASSFORMER_PEERS names a folder in which they are installed, as bench/peers/install.sh does it; they are no
// dependencies.
const peers = process.env.GLASSFORMER_PEERS
const root = join(import.meta.dirname, '../../..')
const folder = scratchFolder()
const has = (name: string) => peers !== undefined && existsSync(join(peers, 'node/node_modules', name, 'package.json'))
const texts = ['Le train part.', 'Le chat dort.', 'La gare est grande.']

let encoder: Encoder
beforeAll(async () => {
  encoder = await Encoder.load(join(root, 'test/golden/encoders/st-dense/model'))
  if (peers === undefined) return
  symlinkSync(join(peers, 'node/node_modules'), join(folder, 'node_modules'))
  for (const name of ['ai-sdk.mjs', 'langchain.mjs', 'nearest.mjs'])
    copyFileSync(join(root, 'examples/embeddings', name), join(folder, name))
})
afterAll(() => encoder.close())

// biome-ignore lint/suspicious/noExplicitAny: packages that are not there have no types
const load = (name: string): Promise<any> => import(/* @vite-ignore */ pathToFileURL(join(folder, name)).href)
const packageOf = (name: string) => load(`node_modules/${name}`)

it.skipIf(!has('ai'))("the AI SDK's embed and embedMany take the example's model", async () => {
  const { embeddingModel } = await load('ai-sdk.mjs')
  const { embed, embedMany } = await packageOf('ai/dist/index.mjs')
  const model = embeddingModel(encoder)
  const { embeddings, usage } = await embedMany({ model, values: texts })
  expect(embeddings).toEqual((await encoder.embed(texts)).map((vector) => Array.from(vector)))
  expect(usage.tokens).toBeGreaterThan(texts.length)
  const stopped = AbortSignal.abort()
  await expect(embed({ model, value: 'a', abortSignal: stopped, maxRetries: 0 })).rejects.toThrow()
})

it.skipIf(!has('@langchain/core'))("LangChain's Embeddings are the encoder's vectors", async () => {
  const { GlassformerEmbeddings } = await load('langchain.mjs')
  const embeddings = new GlassformerEmbeddings(encoder)
  expect(await embeddings.embedDocuments(texts)).toHaveLength(3)
  const own = await encoder.embed(texts[0]!, { prompt: 'query' })
  expect(await embeddings.embedQuery(texts[0])).toEqual(Array.from(own))
})

const hasAddon = existsSync(join(peers ?? '', 'node/node_modules/hnswlib-node/build/Release/addon.node'))

it.skipIf(!hasAddon)('an index of hnswlib-node finds a passage by itself', async () => {
  const { indexOf } = await load('nearest.mjs')
  const nearest = await indexOf(encoder, texts)
  const [found] = await nearest(texts[1])
  expect(found.passage).toBe(texts[1])
  expect(found.distance).toBeCloseTo(0, 4)
})
