import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openSafetensors } from '#dist/index.js'
import { AutoModel, AutoModelForCausalLM, DynamicCache, type PreTrainedModel } from '#dist/use/pipelines/index.js'
import { differenceOf } from '../encode/golden-folders.ts'

const folder = (name: string) => fileURLToPath(new URL(`../../golden/hub/${name}/`, import.meta.url))

function logitsIn(name: string): Float32Array {
  const source = openSafetensors(`${folder(name)}expected.safetensors`)
  const [rows, width] = source.tensors.get('logits')!.shape
  const values = new Float32Array(rows * width)
  source.readFloats('logits', values)
  source.close()
  return values
}

/** Keys and values of the first layer, by transformers: test/golden/hub/past_key_values.py. */
const pasts = JSON.parse(readFileSync(`${folder('past_key_values.json').replace(/\/$/, '')}`, 'utf8'))

describe.each(['t5', 'bart', 'm2m100'])('%s', (name) => {
  it('a call returns the logits of transformers after each id that the decoder reads', async () => {
    const { input_ids, lengths, targets } = JSON.parse(readFileSync(`${folder(name)}expected.json`, 'utf8'))
    await using model = (await AutoModel.from_pretrained(`${folder(name)}model`, {
      dtype: 'fp32',
      workers: 1,
    })) as PreTrainedModel
    const start = Number(model.config.decoder_start_token_id)
    const decoder_input_ids = targets.map((ids: number[]) => [start, ...ids.slice(0, -1)])
    const sources = input_ids.map((ids: number[], i: number) => ids.slice(0, lengths[i]))
    const { logits } = await model({ input_ids: sources, decoder_input_ids })
    const longest = Math.max(...targets.map((ids: number[]) => ids.length))
    expect(logits.dims.slice(0, 2)).toEqual([targets.length, longest])
    const found = targets.flatMap((ids: number[], i: number) => [...logits.slice(i, [0, ids.length]).data])
    expect(differenceOf(found, logitsIn(name))).toBeLessThan(1e-4)
    await expect(model({ input_ids: sources, decoder_input_ids: [[start + 1]] })).rejects.toMatchObject({
      code: 'ERR_INPUT',
    })
  })

  it('past_key_values are the keys and values of transformers, and a call goes on after them', async () => {
    const { input_ids, lengths, targets } = JSON.parse(readFileSync(`${folder(name)}expected.json`, 'utf8'))
    await using model = (await AutoModel.from_pretrained(`${folder(name)}model`, {
      dtype: 'fp32',
      workers: 1,
    })) as PreTrainedModel
    const source = [input_ids[0].slice(0, lengths[0])]
    const read = [Number(model.config.decoder_start_token_id), ...targets[0].slice(0, -1)]
    const whole = await model({ input_ids: source, decoder_input_ids: [read] })
    for (const [kind, { dims, values }] of Object.entries<{ dims: number[]; values: number[] }>(pasts[name])) {
      const tensor = whole.past_key_values[`past_key_values.0.${kind}`]
      expect(tensor.dims).toEqual(dims)
      expect(differenceOf(tensor.data as Float32Array, Float32Array.from(values))).toBeLessThan(1e-4)
    }
    const first = await model({ input_ids: source, decoder_input_ids: [read.slice(0, 2)] })
    expect(first.past_key_values.get_seq_length()).toBe(2)
    const { past_key_values } = first
    const { logits } = await model({ decoder_input_ids: [read.slice(2)], past_key_values })
    const width = logits.dims[2]
    expect([...logits.data]).toEqual([...whole.logits.data.slice(2 * width)])
  })
})

it('a decoder alone takes the past of its own prompt, and refuses another', async () => {
  const gpt2 = fileURLToPath(new URL('../../golden/more/gpt2/model/', import.meta.url))
  await using model = await AutoModelForCausalLM.from_pretrained(gpt2, { dtype: 'fp32', workers: 1 })
  const input_ids = [[5, 9, 12]]
  const first = await model.generate({ input_ids, max_new_tokens: 3, return_dict_in_generate: true })
  const { past_key_values, sequences } = first
  expect(past_key_values).toBeInstanceOf(DynamicCache)
  expect(past_key_values.get_seq_length()).toBe(sequences.dims[1] - 1)
  const all = sequences.tolist() as bigint[][]
  const more = await model.generate({ input_ids: all, past_key_values, max_new_tokens: 2 })
  expect(more.tolist()).toEqual((await model.generate({ input_ids: all, max_new_tokens: 2 })).tolist())
  await expect(model.generate({ input_ids, past_key_values })).rejects.toMatchObject({ code: 'ERR_INPUT' })
  const past = { 'past_key_values.0.key': 1 } as never
  await expect(model.generate({ input_ids, past_key_values: past })).rejects.toMatchObject({ code: 'ERR_OPTION' })
})
