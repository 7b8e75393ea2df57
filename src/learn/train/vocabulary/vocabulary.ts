import { join } from 'node:path'
import type { TokenizerEntry } from '../../../files/folders/tokenizers/tokenizer-entry.ts'
import type { TokenizerContents } from '../../../files/folders/tokenizers/tokenizer-files.ts'
import { readMarianVocabulary } from '../../../formats/marian/marian-vocabulary.ts'
import type { Pair } from '../pairs/corpus.ts'
import type { VocabularySettings } from '../settings/new-model-settings.ts'
import { MarianVocabularyTrainer } from './marian-vocabulary.ts'
import { WordsVocabularyTrainer } from './words-vocabulary.ts'

/** The tokenizer files of a trained vocabulary. */
export type TrainedVocabulary = TokenizerContents & { kind: 'marian' | 'words' }

/** Learns a vocabulary from pairs: add all pairs, then call `train`. `longestText` is the longest text of the model, in tokens. */
export function vocabularyTrainer(
  settings: VocabularySettings,
  longestText: number,
): { add(pair: Pair): void; train(): TrainedVocabulary } {
  if (settings.type === 'words') return new WordsVocabularyTrainer(settings)
  return new MarianVocabularyTrainer({ ...settings, type: settings.type, longestText })
}

/** The names that the files of such a vocabulary have in a folder. */
export function vocabularyEntry({ type, sharing, joiner }: VocabularySettings): TokenizerEntry & TrainedVocabularyKind {
  if (type !== 'words') return { kind: 'marian' }
  return { kind: 'words', source: 'source.txt', target: sharing === 'joint' ? undefined : 'target.txt', joiner }
}

type TrainedVocabularyKind = Pick<TrainedVocabulary, 'kind'>

/**
 * The number of ids of either side; `folder` has the files.
 * @throws GlassformerError ERR_TOKENIZER_FORMAT
 */
export function vocabularySizes(files: TrainedVocabulary, folder: string): { source: number; target: number } {
  if (files.kind === 'words') {
    const size = (list: string) => list.trimEnd().split('\n').length
    return { source: size(files.source), target: size(files.target ?? files.source) }
  }
  const { vocabulary, targetVocabulary } = files
  const size = (json: string, name: string) => readMarianVocabulary(json, join(folder, name), []).pieces.length
  const source = size(vocabulary, 'vocab.json')
  return { source, target: targetVocabulary === undefined ? source : size(targetVocabulary, 'target_vocab.json') }
}
