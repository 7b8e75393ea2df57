import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const golden = fileURLToPath(new URL('../../golden/seq2seq2/moonshine-half-rotary/model', import.meta.url))

/** Writes a small random model of Moonshine, with a tokenizer that writes each id as a word. */
export function smallMoonshine(folder: string): string {
  cpSync(golden, folder, { recursive: true })
  const names = Array.from({ length: 97 }, (_, i) => (i < 3 ? ['<unk>', '<s>', '</s>'][i] : `▁w${i}`))
  const special = names.slice(0, 3).map((content, id) => ({ id, content, special: true }))
  const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false }
  const decoder = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true }
  const json = {
    version: '1.0',
    added_tokens: special.map((each) => ({ ...each, ...plain })),
    normalizer: null,
    pre_tokenizer: decoder,
    post_processor: null,
    decoder,
    model: {
      type: 'BPE',
      unk_token: '<unk>',
      vocab: Object.fromEntries(names.map((name, i) => [name, i])),
      merges: [],
    },
  }
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(json))
  return folder
}
