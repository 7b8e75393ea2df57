import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { embeddedFolder } from '#dist/files/folders/layout/model-folder.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { createTokenizer } from '#dist/files/folders/tokenizers/make-tokenizer.js'

/** French sentences from all over a Tatoeba file, as ids of the embedded model's tokenizer, the end included. */
export function tatoebaSources(file: string, count: number): number[][] {
  const tokenizer = createTokenizer(loadFolder(embeddedFolder()).tokenizer)!
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n')
  return Array.from({ length: count }, (_, i) =>
    tokenizer.encode(lines[Math.floor((i * lines.length) / count)].split('\t')[0]),
  )
}
