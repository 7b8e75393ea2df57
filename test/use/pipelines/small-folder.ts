import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { scratchFolder } from '../../formats/raw-safetensors.ts'

const golden = fileURLToPath(new URL('../../golden/hub/t5/model', import.meta.url))

const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!?-()']
const specials = ['<pad>', '</s>', '<unk>']
const pieces = [...specials, '▁', ...letters]

/** A tokenizer.json of single characters, like those of T5: an end follows each text. */
const tokenizer = () => ({
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: specials.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })),
  normalizer: null,
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }],
    pair: [
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '</s>', type_id: 0 } },
      { Sequence: { id: 'B', type_id: 0 } },
      { SpecialToken: { id: '</s>', type_id: 0 } },
    ],
    special_tokens: { '</s>': { id: '</s>', ids: [1], tokens: ['</s>'] } },
  },
  decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
  model: {
    type: 'Unigram',
    unk_id: 2,
    vocab: pieces.map((piece, id) => [piece, id < 3 ? 0 : -2]),
    byte_fallback: false,
  },
})

/** A T5 of random weights with a tokenizer of single characters; `config` is merged into its config.json. */
export function smallFolder(config: object = {}): string {
  const folder = join(scratchFolder(), 'small-t5')
  cpSync(golden, folder, { recursive: true })
  const path = join(folder, 'config.json')
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...config }))
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer()))
  writeFileSync(
    join(folder, 'tokenizer_config.json'),
    JSON.stringify({
      tokenizer_class: 'T5Tokenizer',
      eos_token: '</s>',
      unk_token: '<unk>',
      pad_token: '<pad>',
      extra_ids: 0,
      model_max_length: 128,
    }),
  )
  return folder
}
