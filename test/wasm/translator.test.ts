import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { wasmBackends } from '../backends.ts'

/** Hugging Face transformers' results for the embedded model: test/golden/fr-en/make.py. */
const { sentences }: { sentences: { source: string; beam4: { text: string } }[] } = JSON.parse(
  readFileSync(new URL('../golden/fr-en/sentences.json', import.meta.url), 'utf8'),
)
const few = sentences.slice(0, 8)

describe.skipIf(!wasmBackends.length)('a translator in WebAssembly, whose workers have one memory', () => {
  let translator: Translator
  beforeAll(async () => {
    translator = await Translator.load(undefined, { backend: 'wasm', workers: 2, threads: 2 })
  })
  afterAll(() => translator?.close())

  it('names its backend', () => {
    expect(translator.backendInfo()).toMatchObject({ backend: 'wasm', precision: 'int8', reasons: [] })
    expect(translator.backendInfo().binary).toMatch(/glassformer[\w-]*\.wasm$/)
  })

  it('translates in both workers and on the calling thread', async () => {
    const texts = few.map(({ source }) => source)
    const found = await Promise.all(texts.map(async (text) => (await translator.translate(text)).text))
    const others = few.filter(({ beam4 }, i) => beam4.text !== found[i])
    expect(others.length).toBeLessThanOrEqual(1) // in int8
    expect(translator.translateSync(texts).map(({ text }) => text)).toEqual(found)
  })

  it('traces in the memory of the weights', async () => {
    const { source } = few[0]
    const trace = await translator.inspect(source)
    expect(trace.model).toMatchObject({ backend: 'wasm', precision: 'int8' })
    expect(trace.target.text).toBe((await translator.translate(source)).text)
  })
})
