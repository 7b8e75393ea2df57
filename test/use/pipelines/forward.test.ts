import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openSafetensors } from '#dist/index.js'
import { AutoModel, type PreTrainedModel } from '#dist/use/pipelines/index.js'
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

describe.each(['t5', 'bart', 'm2m100'])('%s', (name) => {
  it('a call returns the logits of transformers behind each id that the decoder reads', async () => {
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
})
