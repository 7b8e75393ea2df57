import { join } from 'node:path'
import type { TokenizerEntry } from '../../../files/folders/tokenizers/tokenizer-entry.ts'
import type { TokenizerContents } from '../../../files/folders/tokenizers/tokenizer-files.ts'
import { readMarianVocabulary } from '../../../formats/marian/marian-vocabulary.ts'
import type { SentencePieceModel } from '../../../formats/pieces/sentencepiece-model.ts'
import { writeSentencePieceModel } from '../../../formats/pieces/sentencepiece-writer.ts'
import type { Pair } from '../pairs/corpus.ts'
import type { VocabularySettings } from '../settings/new-model-settings.ts'
import { isPlain, normalizerSpec } from './normalization.ts'
import { type VocabularyOptions, VocabularyTrainer } from './sentencepiece-vocabulary.ts'
import { WordsVocabularyTrainer } from './words-vocabulary.ts'

export interface MarianVocabularyOptions extends VocabularyOptions {
  /**
   * 'joint': one model, trained on both languages, and one vocabulary. 'separate': a model and a vocabulary for each language. `size`
   * counts the ids of each vocabulary.
   */
  sharing: 'joint' | 'separate'
  /**
   * 'plain': apostrophes, quotation marks and hyphens of sources are read as the ones on a keyboard, and those of
   * targets too if no added target has others. Default: 'kept'.
   */
  punctuation?: 'plain' | 'kept'
  /** The languages of the texts, for tokenizer_config.json. By default they are not written. */
  sourceLanguage?: string
  targetLanguage?: string
  /** The longest text that the model takes, in tokens, for tokenizer_config.json. */
  longestText: number
}

/** Trains the vocabulary of a Marian model on sentence pairs: add them all, then call `train`. */
export class MarianVocabularyTrainer {
  readonly #options: MarianVocabularyOptions
  readonly #source: VocabularyTrainer
  readonly #target: VocabularyTrainer
  /** Whether plain punctuation would change no added target. */
  #targetsArePlain = true

  constructor(options: MarianVocabularyOptions) {
    this.#options = options
    const isJoint = options.sharing === 'joint'
    this.#source = new VocabularyTrainer(options)
    this.#target = isJoint ? this.#source : new VocabularyTrainer({ ...options, targetLanguages: [] })
  }

  add({ source, target }: { source: string; target: string }): void {
    this.#source.add(source, this.#isPlain ? 'nmt_nfkc_plain' : 'nmt_nfkc')
    this.#target.add(target)
    this.#targetsArePlain &&= isPlain(target)
  }

  /** @throws GlassformerError as `VocabularyTrainer.train` */
  train(): TokenizerContents & { kind: 'marian' } {
    const { sharing, sourceLanguage, targetLanguage, longestText } = this.#options
    const target = this.#target.train()
    const source = this.#source === this.#target ? target : this.#source.train()
    return {
      kind: 'marian',
      source: bytesOf(source, this.#isPlain),
      target: bytesOf(target, this.#isPlain && this.#targetsArePlain),
      vocabulary: vocabularyText(source),
      ...(sharing === 'separate' && { targetVocabulary: vocabularyText(target) }),
      configuration: {
        tokenizer_class: 'MarianTokenizer',
        ...(sourceLanguage === undefined ? {} : { source_lang: sourceLanguage }),
        ...(targetLanguage === undefined ? {} : { target_lang: targetLanguage }),
        separate_vocabs: sharing === 'separate',
        model_max_length: longestText,
        eos_token: '</s>',
        unk_token: '<unk>',
        pad_token: '<pad>',
      },
    }
  }

  get #isPlain(): boolean {
    return this.#options.punctuation === 'plain'
  }
}

function bytesOf(model: SentencePieceModel, plain: boolean): Uint8Array {
  return writeSentencePieceModel(plain ? { ...model, normalizer: normalizerSpec('nmt_nfkc_plain') } : model)
}

/**
 * The text of vocab.json, with a line for each piece. JSON keeps no order of keys that look like numbers; the ids do not depend on the
 * order.
 */
function vocabularyText({ pieces }: SentencePieceModel): string {
  return `{\n${pieces.texts.map((piece, id) => `${JSON.stringify(piece)}: ${id}`).join(',\n')}\n}\n`
}

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
