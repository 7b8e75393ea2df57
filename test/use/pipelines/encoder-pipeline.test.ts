import { afterAll, expect, it } from 'vitest'
import { pipeline } from '#dist/use/pipelines/index.js'
import { goldens } from '../encode/golden-folders.ts'

const golden = (name: string) => goldens.find((one) => one.name === name)!
const opened: AsyncDisposable[] = []
afterAll(async () => {
  for (const each of opened) await each[Symbol.asyncDispose]()
})

it('text-classification has the labels of the real pipeline', async () => {
  const { model, text_classification: expected } = golden('bert-cls')
  const classify = await pipeline('text-classification', model, { dtype: 'fp32' })
  opened.push(classify)
  const { inputs, result } = [expected].flat()[0]
  const [label] = (await classify(inputs[0])) as { label: string; score: number }[]
  expect(label.label).toBe(result[0][0].label)
  expect(label.score).toBeCloseTo(result[0][0].score, 4)
})

it('zero-shot-classification has labels and scores', async () => {
  const { model, zero_shot: cases } = golden('deberta-v3-nli')
  const classify = await pipeline('zero-shot-classification', model, { dtype: 'fp32' })
  opened.push(classify)
  const { sequence, settings, result } = cases[0]
  const found = await classify(sequence, settings.candidate_labels)
  expect(found).toMatchObject({ sequence, labels: result.labels })
})

it('feature-extraction returns a tensor', async () => {
  const { model, sentence_transformers: expected } = golden('st-dense')
  const extract = await pipeline('feature-extraction', model, { dtype: 'fp32' })
  opened.push(extract)
  const states = await extract(expected.texts.slice(0, 2))
  expect(states.dims.length).toBe(3)
  expect((await extract('a', { pooling: 'mean', normalize: true })).dims).toEqual([1, 32])
})
