import { join } from 'node:path'
import { makeFolder } from '../../formats/disk/make-folder.ts'
import { hasFile } from '../../formats/disk/read-file.ts'
import { cleanCorpus } from '../../learn/train/pairs/cleaning.ts'
import type { Pair } from '../../learn/train/pairs/corpus.ts'
import { resolveLoadOptions } from '../../use/translate/calls/index.ts'
import { pairsNamed, withShare } from '../flags/corpus-options.ts'
import { loadTextTranslator } from '../lines/text-translator.ts'
import { translatePairs } from '../lines/translated-pairs.ts'
import type { TrainCommandOptions } from './options.ts'

/**
 * The options with the model's own translations as pairs to be mixed in. The translations are made once, in the folder
 * of the training.
 */
export async function rehearsed(options: TrainCommandOptions, rehearse: string): Promise<TrainCommandOptions> {
  const { output, from, backend, threads } = options
  const { path, share } = withShare(rehearse)
  const translated = join(output, 'rehearsal.tsv')
  const mixed = { ...options, mix: share === undefined ? translated : `${translated}:${share}` }
  if (hasFile(translated)) return mixed
  makeFolder(output)
  const load = resolveLoadOptions({ backend, threads })
  const translator = await loadTextTranslator(from, load)
  try {
    await translatePairs(translated, sentencesOf(path, options), {
      translator,
      workers: load.workers,
      beams: 4,
      targets: 'best',
      progress: options.progress,
    })
  } finally {
    await translator.close()
  }
  return mixed
}

/** The sources of a file of pairs, where its name ends as one, or its lines. */
function sentencesOf(path: string, options: TrainCommandOptions): AsyncIterable<Pair> {
  if (/\.(?:tsv|jsonl|tmx|xlf|xliff|po)(?:\.gz)?$/i.test(path)) return cleanCorpus(pairsNamed(path, options))
  const texts = cleanCorpus({ format: 'text', path })
  return {
    async *[Symbol.asyncIterator]() {
      for await (const { target: text } of texts) yield { source: text, target: text }
    },
  }
}
