import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Encoder, type TextOrPair } from '#dist/use/encode/index.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { differenceOf, type Golden, goldens } from './golden-folders.ts'

const scratch = scratchFolder()
const open = new Map<string, Promise<Encoder>>()
const encoderOf = ({ model }: Golden) => {
  if (!open.has(model)) open.set(model, Encoder.load(model, { workers: 1, precision: 'float32' }))
  return open.get(model)!
}
afterAll(async () => {
  for (const encoder of open.values()) await (await encoder).close()
})

const having = (key: string) => goldens.filter((golden) => golden[key] !== undefined)
const flat = (rows: readonly ArrayLike<number>[]) => rows.flatMap((row) => Array.from(row))

describe.each(having('sentence_transformers'))('$name', (golden) => {
  const expected = golden.sentence_transformers
  const first = (rows: unknown[]) => expected.texts.slice(0, rows.length)

  it('vectors are those of sentence-transformers, with prompts, dimensions and norms', async () => {
    const encoder = await encoderOf(golden)
    const near = async (rows: number[][], texts: string[], options: object) =>
      expect(differenceOf(flat(await encoder.embed(texts, options)), flat(rows))).toBeLessThan(1e-4)
    await near(expected.embeddings, expected.texts, {})
    for (const key of Object.keys(expected))
      if (key.startsWith('prompt.'))
        await near(expected[key], first(expected[key]), { prompt: key.slice('prompt.'.length) })
    await near(expected.normalized, first(expected.normalized), { normalize: true })
    await near(expected.encode_query, first(expected.encode_query), { prompt: 'query' })
    await near(expected.encode_document, first(expected.encode_document), { prompt: 'document' })
    await near(expected.truncate_dim_8, first(expected.truncate_dim_8), { dimensions: 8 })
    const vectors = await encoder.embed(first(expected.similarity) as string[])
    const similarities = vectors.map((a) => vectors.map((b) => encoder.similarity(a, b)))
    expect(differenceOf(flat(similarities), flat(expected.similarity))).toBeLessThan(1e-4)
  })

  it('a stream has the same vectors, in order', async () => {
    const encoder = await encoderOf(golden)
    const vectors: Float32Array[] = []
    for await (const vector of encoder.embedEach(expected.texts)) vectors.push(vector)
    expect(differenceOf(flat(vectors), flat(expected.embeddings))).toBeLessThan(1e-4)
  })
})

it.each(having('text_classification'))('$name: labels and scores are those of the pipeline', async (golden) => {
  const encoder = await encoderOf(golden)
  for (const { inputs, top_k: top, result } of [golden.text_classification].flat()) {
    const texts: TextOrPair[] = inputs.map((input: string | { text: string; text_pair: string }) =>
      typeof input === 'string' ? input : { text: input.text, pair: input.text_pair },
    )
    const found = await encoder.classify(texts, { top: top ?? 1 })
    result.forEach((labels: unknown, i: number) => {
      for (const [k, { label, score }] of [labels].flat().entries() as Iterable<
        [number, { label: string; score: number }]
      >) {
        expect(found[i][k].label).toBe(label)
        expect(found[i][k].score).toBeCloseTo(score, 4)
      }
    })
  }
})

it.each(having('token_classification'))('$name: entities are those of the pipeline', async (golden) => {
  const encoder = await encoderOf(golden)
  for (const { text, ignore_labels: ignoreLabels, ...byStrategy } of golden.token_classification)
    for (const aggregation of ['none', 'simple', 'first', 'average', 'max'] as const) {
      const expected = byStrategy[aggregation]
      if (!expected) continue
      const found = await encoder.tokensOf(text, { aggregation, ...(ignoreLabels && { ignoreLabels }) })
      const at = (place: number) => Array.from(text.slice(0, place)).length
      expect(found.map(({ label, word, begin, end }) => [label, word, at(begin), at(end)])).toEqual(
        expected.map((one: Record<string, unknown>) => [one.entity ?? one.entity_group, one.word, one.start, one.end]),
      )
      found.forEach(({ score }, i) => expect(score).toBeCloseTo(expected[i].score, 4))
    }
})

it.each(having('fill_mask'))('$name: tokens for masks are those of the pipeline', async (golden) => {
  const encoder = await encoderOf(golden)
  for (const { text, top_k: top = 5, targets, result } of golden.fill_mask) {
    const found = await encoder.fill(text, { top, ...(targets && { targets }) })
    const expected = Array.isArray(result[0]) ? result : [result]
    expect(found.map((mask) => mask.map(({ id, token, text: own }) => [id, token, own]))).toEqual(
      expected.map((mask: Record<string, unknown>[]) => mask.map((one) => [one.token, one.token_str, one.sequence])),
    )
  }
})

it.each(having('question_answering'))(
  '$name: answers are those of the pipeline, in texts of several windows too',
  async (golden) => {
    const encoder = await encoderOf(golden)
    for (const { question, context, settings, result } of golden.question_answering.cases) {
      const { top_k: top = 1, max_answer_len: longest, handle_impossible_answer: allowsNone = false } = settings
      const { max_seq_len: maxLength, doc_stride: stride } = settings
      const found = await encoder.answer(question, context, {
        ...{ top, allowsNone },
        ...(longest && { longest }),
        ...(maxLength && { maxLength }),
        ...(stride !== undefined && { stride }),
      })
      for (const [i, { answer, score }] of [result].flat().entries()) {
        expect(found[i].text).toBe(answer)
        expect(found[i].score).toBeCloseTo(score, 4)
        expect(context.slice(found[i].begin, found[i].end)).toBe(answer)
      }
    }
  },
)

it.each(having('zero_shot'))('$name: labels of one’s own have the scores of the pipeline', async (golden) => {
  const encoder = await encoderOf(golden)
  for (const { sequence, settings, result } of golden.zero_shot) {
    if (typeof sequence !== 'string') continue
    const { candidate_labels: given, multi_label: multiLabel = false, hypothesis_template: template } = settings
    const labels = Array.isArray(given) ? given : given.split(',').map((label: string) => label.trim())
    const found = await encoder.zeroShot(sequence, labels, { multiLabel, ...(template && { template }) })
    expect(found.map(({ label }) => label)).toEqual(result.labels)
    found.forEach(({ score }, i) => expect(score).toBeCloseTo(result.scores[i], 4))
  }
})

it.each(having('cross_encoder'))('$name: documents are ranked as by CrossEncoder', async (golden) => {
  const { pairs, rank } = golden.cross_encoder
  const encoder = await encoderOf(golden)
  const documents = pairs.map(([, document]: [string, string]) => document)
  if (encoder.model.labels.length > 1)
    return expect(encoder.rank(pairs[0][0], documents)).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED' })
  const found = await encoder.rank(pairs[0][0], documents)
  expect(found.map(({ index }) => index)).toEqual(rank.map((one: { corpus_id: number }) => one.corpus_id))
  found.forEach(({ score }, i) => expect(score).toBeCloseTo(rank[i].score, 4))
})

describe('bad input', () => {
  const golden = goldens.find(({ name }) => name === 'st-dense')!

  it('has a code', async () => {
    const encoder = await encoderOf(golden)
    const refused = (call: Promise<unknown>, code: string) => expect(call).rejects.toMatchObject({ code })
    await refused(encoder.embed([1 as never]), 'ERR_INPUT')
    await refused(encoder.embed('a', { dimensions: 1000 }), 'ERR_OPTION')
    await refused(encoder.embed('word '.repeat(500), { tooLong: 'refuse' }), 'ERR_INPUT_TOO_LONG')
    await refused(encoder.classify('a'), 'ERR_UNSUPPORTED')
    await refused(encoder.fill('a'), 'ERR_UNSUPPORTED')
    await refused(encoder.embed('a', { signal: AbortSignal.abort() }), 'ERR_ABORTED')
    expect(await encoder.embed([])).toEqual([])
    expect((await encoder.embedCounted(['word '.repeat(500), 'a'])).truncated).toEqual([0])
    expect((await encoder.embed('\ud800')).every(Number.isFinite)).toBe(true)
    expect(() => encoder.similarity([1], [1, 2])).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }))
  })

  it('a folder without the file of its pooling is refused, and one with another width', async () => {
    const folder = join(scratch, 'without-pooling')
    cpSync(golden.model, folder, { recursive: true })
    rmSync(join(folder, '1_Pooling'), { recursive: true })
    await expect(Encoder.load(folder)).rejects.toMatchObject({ code: 'ERR_FILE' })
    const wide = join(scratch, 'wide')
    cpSync(golden.model, wide, { recursive: true })
    const config = JSON.parse(readFileSync(join(wide, 'config.json'), 'utf8'))
    writeFileSync(join(wide, 'config.json'), JSON.stringify({ ...config, hidden_size: 64 }))
    await expect(Encoder.load(wide)).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' })
  })
})

it('int8 and bfloat16 vectors are near those of float32', async () => {
  const golden = goldens.find(({ name }) => name === 'st-dense')!
  for (const [precision, least] of [
    ['bfloat16', 0.999],
    ['int8', 0.99],
  ] as const) {
    const encoder = await Encoder.load(golden.model, { workers: 1, precision })
    const vectors = await encoder.embed(golden.sentence_transformers.texts as string[])
    vectors.forEach((vector, i) => {
      expect(encoder.similarity(vector, golden.sentence_transformers.embeddings[i])).toBeGreaterThan(least)
    })
    await encoder.close()
  }
})
