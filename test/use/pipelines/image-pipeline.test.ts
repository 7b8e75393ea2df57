import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openImage } from '#dist/image/open-image.js'
import { type ImagePipeline, pipeline } from '#dist/use/pipelines/index.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'

const golden = join(import.meta.dirname, '../../golden')
const page = join(golden, 'pictures/page.png')
const folder = join(scratchFolder(), 'model')

// A tokenizer of 97 pieces, of which the first four are special.
const special = ['<s>', '<pad>', '</s>', '<unk>']
const pieces = Array.from({ length: 97 }, (_, id) => special[id] ?? `${id % 3 ? '' : 'Ġ'}${id}.`)
const tokenizer = {
  version: '1.0',
  added_tokens: special.map((content, id) => ({ id, content, special: true, normalized: false })),
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  model: { type: 'BPE', vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])), merges: [] },
}
const textOf = (ids: readonly number[]) =>
  ids
    .filter((id) => id > 3)
    .map((id) => pieces[id].replace('Ġ', ' '))
    .join('')
    .trim()

let sees: ImagePipeline
beforeAll(async () => {
  cpSync(join(golden, 'seq2seq2/trocr-vit/model'), folder, { recursive: true })
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer))
  sees = await pipeline('image-to-text', folder, { workers: 1 })
})
afterAll(() => sees.dispose())

it('returns the texts of a picture, or of each of a list, as transformers.js does', async () => {
  const settings = { num_beams: 3, num_return_sequences: 2, max_new_tokens: 6 }
  const { alternatives = [] } = await sees.reader.read(page, { beams: 3, alternatives: 2, maxTokens: 6, loops: 'keep' })
  const expected = alternatives.map(({ ids }) => ({ generated_text: textOf(ids) }))
  expect(expected[0].generated_text).toMatch(/^\d+\./)
  expect(await sees(page, settings)).toEqual(expected)
  const bytes = readFileSync(page)
  const address = `data:image/png;base64,${bytes.toString('base64')}`
  const raw = Object.assign(Object.create({ size: [96, 40] }), await openImage(page))
  const all = await sees([page, bytes, address, new URL(address), new Blob([bytes]), raw], settings)
  expect(all).toEqual(new Array(6).fill(expected))
  expect(await sees([], settings)).toEqual([])
  expect(await sees(page, { generation_config: { max_new_tokens: 2 } })).toHaveLength(1)
})

it('refuses what it does not follow', async () => {
  const code = (promise: Promise<unknown>) => promise.then(String, (error) => error.code)
  expect(await code(sees(page, { logits_processor: [() => {}] }))).toBe('ERR_UNSUPPORTED')
  expect(await code(sees(page, { decoder_input_ids: [[2, 5]] }))).toBe('ERR_UNSUPPORTED')
  expect(await code(sees(page, { num_beams: 0 }))).toBe('ERR_OPTION')
  expect(await code(sees(page, { nom_beams: 1 }))).toBe('ERR_OPTION')
  expect(await code(sees('data:nothing'))).toBe('ERR_NETWORK')
  expect(await code(pipeline('image-to-text', join(golden, 'seq2seq2/trocr-vit/model')))).toBe('ERR_INPUT')
  expect(await code(pipeline('image-to-txt' as never, folder))).toBe('ERR_UNSUPPORTED')
})
