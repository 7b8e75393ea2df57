import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { TextGenerator, Translator } from '#dist/index.js'
import { AutoModelForCausalLM, AutoModelForSeq2SeqLM, pipeline, TextStreamer } from '#dist/use/pipelines/index.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'

/** A GPT-2 of two layers with byte-level pieces, which transformers 4.57 has trained on sentences for a moment, and its texts. */
const golden = fileURLToPath(new URL('../../golden/more/gpt2-text/', import.meta.url))
const folder = `${golden}model`
const scratch = scratchFolder()

interface Case {
  prompt: string
  ids: number[]
  greedy: number[]
  beams: number[][]
  text: string
  loss: number | null
}
const expected: {
  cases: Case[]
  pipeline: { generated_text: string }[][]
  continued: { generated_text: string }[]
} = JSON.parse(readFileSync(`${golden}expected.json`, 'utf8'))
const { cases } = expected
const prompts = cases.map(({ prompt }) => prompt)

/** Up to the end, with which generate() fills rows. */
const upToEnd = (ids: readonly number[]) => ids.slice(0, ids.includes(0) ? ids.indexOf(0) + 1 : undefined)

describe('TextGenerator', async () => {
  const generator = await TextGenerator.load(folder, { workers: 1, threads: 1, precision: 'float32' })
  afterAll(() => generator.close())

  it('goes on with prompts as Python does: prompt and text are the whole text', async () => {
    const found = await generator.generate(prompts, { maxTokens: 14 })
    expect(found.map(({ text }, i) => prompts[i] + text)).toEqual(cases.map(({ text }) => text))
    expect(found.map(({ ids }, i) => [...cases[i].ids, ...ids])).toEqual(cases.map(({ greedy }) => upToEnd(greedy)))
    expect(found.every(({ finishReason }) => finishReason === 'end' || finishReason === 'length')).toBe(true)
  })

  it('finds the beams of Python', async () => {
    const found = await generator.generate(prompts, { beams: 3, alternatives: 2, maxTokens: 14 })
    found.forEach(({ alternatives }, i) => {
      const own = alternatives!.map(({ ids }) => [...cases[i].ids, ...ids])
      expect(own).toEqual(cases[i].beams.map(upToEnd))
    })
  })

  it('takes ids, and begins a text where the prompt is empty', async () => {
    expect(await generator.generate(cases[0].ids, { maxTokens: 14 })).toEqual(
      await generator.generate(prompts[0], { maxTokens: 14 }),
    )
    const fresh = await generator.generate('', { maxTokens: 5 })
    expect(fresh).toEqual(await generator.generate([0], { maxTokens: 5 }))
  })

  it('streams the text piece by piece', async () => {
    for (const prompt of prompts) {
      let text = ''
      const pieces: string[] = []
      for await (const piece of generator.stream(prompt, { maxTokens: 14 })) {
        pieces.push(piece.text)
        text += piece.text
      }
      expect(text).toBe((await generator.generate(prompt, { maxTokens: 14 })).text)
      expect(pieces.length).toBeGreaterThan(1)
    }
  })

  it('samples the same text for a seed, and with drafts the greedy text', async () => {
    const sampled = { sample: true, seed: 5, maxTokens: 14, alternatives: 3 }
    const [once, again] = [await generator.generate(prompts[0], sampled), await generator.generate(prompts[0], sampled)]
    expect(again).toEqual(once)
    expect(new Set(once.alternatives!.map(({ text }) => text)).size).toBeGreaterThan(1)
    const drafted = await generator.generate(prompts, { draft: 'lookup', maxTokens: 14 })
    expect(drafted).toEqual(await generator.generate(prompts, { maxTokens: 14 }))
  })

  it('has the loss of GPT2LMHeadModel, as perplexity and as bits', async () => {
    const scored = cases.filter(({ loss }) => loss !== null)
    const scores = await generator.score(scored.map(({ prompt }) => prompt))
    scores.forEach(({ perplexity, bits, tokenScores, ids }, i) => {
      expect(Math.log(perplexity)).toBeCloseTo(scored[i].loss!, 4)
      expect(bits * Math.LN2).toBeCloseTo(scored[i].loss!, 4)
      expect(ids).toEqual(scored[i].ids.slice(1))
      expect(tokenScores).toHaveLength(ids.length)
    })
    await expect(generator.score('He')).rejects.toMatchObject({ code: 'ERR_INPUT' })
  })

  it('scores a text longer than the model reads, each token once', async () => {
    const long = Array.from({ length: 200 }, (_, i) => 33 + ((i * i) % 90))
    const { ids, tokenScores } = await generator.score(long)
    expect(ids).toEqual(long.slice(1))
    const [first] = await generator.score([long.slice(0, 65)])
    expect(tokenScores.slice(0, 64)).toEqual(first.tokenScores)
    // A window reads 64 tokens, the last 32 of which predict tokens that have not been scored.
    const next = await generator.score(long.slice(32, 97))
    expect(tokenScores.slice(64, 96)).toEqual(next.tokenScores.slice(-32))
  })

  it('refuses what only a model with an encoder has', async () => {
    for (const option of [{ attention: true }, { glossary: { a: 'b' } }, { format: 'html' }] as const)
      await expect(generator.generate('He', option as object)).rejects.toMatchObject({ code: 'ERR_OPTION' })
    await expect(generator.generate('He '.repeat(100))).rejects.toMatchObject({ code: 'ERR_INPUT_TOO_LONG' })
    await expect(TextGenerator.load('fr-en')).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED' })
    const translator = await Translator.load(folder, { workers: 1 })
    await expect(translator.encode('He')).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED' })
    await translator.close()
  })
})

describe('tokenizer', () => {
  it('is made of vocab.json and merges.txt as well, without further files', async () => {
    const to = join(scratch, 'plain')
    cpSync(folder, to, { recursive: true })
    for (const file of ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json']) rmSync(join(to, file))
    const generator = await TextGenerator.load(to, { workers: 1, precision: 'float32' })
    const found = await generator.generate(prompts, { maxTokens: 14 })
    expect(found.map(({ text }, i) => prompts[i] + text)).toEqual(cases.map(({ text }) => text))
    await generator.close()
  })
})

describe('glassformer/transformers', async () => {
  const writer = await pipeline('text-generation', folder, { dtype: 'fp32' })
  afterAll(() => writer.dispose())

  it('has the results of the pipeline text-generation', async () => {
    const some = prompts.slice(0, 2)
    expect(await writer(some, { max_new_tokens: 14, do_sample: false })).toEqual(expected.pipeline)
    expect(await writer(some[0], { max_new_tokens: 14 })).toEqual(expected.pipeline[0])
    expect(await writer(some[0], { max_new_tokens: 14, return_full_text: false })).toEqual(expected.continued)
  })

  it('streams the new text', async () => {
    const pieces: string[] = []
    const streamer = new TextStreamer(writer.tokenizer, {
      skip_prompt: true,
      callback_function: (text) => pieces.push(text),
    })
    const [{ generated_text }] = await writer(prompts[0], { max_new_tokens: 14, streamer })
    expect(prompts[0] + pieces.join('')).toBe(generated_text)
  })

  it('generates ids that begin with those of the prompts, padded on the left in a batch', async () => {
    const model = await AutoModelForCausalLM.from_pretrained(folder, { dtype: 'fp32' })
    const longest = Math.max(...cases.map(({ ids }) => ids.length))
    const padding = (length: number, value: number) => new Array<number>(longest - length).fill(value)
    const input_ids = cases.map(({ ids }) => [...padding(ids.length, 0), ...ids])
    const attention_mask = cases.map(({ ids }) => [...padding(ids.length, 0), ...ids.map(() => 1)])
    const found = await model.generate({ input_ids, attention_mask, max_new_tokens: 14 })
    const rows = (found.tolist() as bigint[][]).map((row) => row.map(Number))
    cases.forEach(({ greedy }, i) => {
      const whole = upToEnd(greedy)
      expect(rows[i].slice(0, whole.length)).toEqual(whole)
      expect(rows[i].slice(whole.length).every((id) => id === 0)).toBe(true)
    })
    const shorter = await model.generate({ input_ids: [cases[0].ids], max_length: cases[0].ids.length + 3 })
    expect((shorter.tolist() as bigint[][])[0]).toHaveLength(cases[0].ids.length + 3)
    await model.dispose()
  })

  it('refuses a model of the other kind', async () => {
    await expect(pipeline('text-generation', 'fr-en')).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED' })
    await expect(pipeline('translation', folder)).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED' })
    await expect(AutoModelForCausalLM.from_pretrained('fr-en')).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED' })
    expect(AutoModelForSeq2SeqLM).toBeDefined()
  })
})
