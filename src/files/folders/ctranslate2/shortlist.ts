import { GlassformerError } from '../../../base/errors.ts'
import type { Shortlist } from '../../../engine/decode/step/index.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import { tokenizerFile } from '../../../formats/disk/file-limit.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import { sharedColumn } from '../layout/shortlist-file.ts'
import type { Vocabularies } from './vocabularies.ts'

const FILE = 'vmap.txt'

/**
 * The table of likely translations: lines of source tokens, a tab, and target tokens. The targets of the empty source are always among the
 * candidates, and so are the tokens with a meaning. Targets of several source tokens in a row stand with the first of these.
 * @throws GlassformerError ERR_TOKENIZER_FORMAT for a line without a tab
 */
export function readCtranslate2Shortlist(
  folder: Folder,
  { source, target }: Vocabularies,
  { ids }: ModelConfig,
): Shortlist | null {
  if (!folder.has(FILE)) return null
  const [sourceIds, targetIds] = [source, target].map((tokens) => new Map(tokens.map((token, id) => [token, id])))
  const always = new Set([ids.end, ids.start, ids.unknown].filter((id) => id !== null))
  const likely: Set<number>[] = Array.from(source, () => new Set())
  folder
    .text(FILE, tokenizerFile)
    .split('\n')
    .forEach((line, i) => {
      if (line === '') return
      const [from, into, ...rest] = line.split('\t')
      if (into === undefined || rest.length)
        throw new GlassformerError(
          'ERR_TOKENIZER_FORMAT',
          `${folder.at(FILE)}: line ${i + 1} is not source tokens, a tab, and target tokens`,
        )
      const first = from.split(' ')[0]
      const list = from === '' ? always : likely[sourceIds.get(first) ?? -1]
      for (const token of into.trim().split(' ')) {
        const id = targetIds.get(token)
        if (id !== undefined) list?.add(id)
      }
    })
  const offsets = new Int32Array(source.length + 1)
  likely.forEach((set, id) => {
    offsets[id + 1] = offsets[id] + set.size
  })
  return {
    frequent: sharedColumn(Int32Array.from(always)),
    offsets: sharedColumn(offsets),
    targets: sharedColumn(Int32Array.from(likely.flatMap((set) => [...set]))),
  }
}
