import type { TokenizerContents } from '../../../files/folders/tokenizers/tokenizer-files.ts'
import type { SentencePieceModel } from '../../../formats/pieces/sentencepiece-model.ts'
import { writeSentencePieceModel } from '../../../formats/pieces/sentencepiece-writer.ts'
import { isPlain, normalizerSpec } from './normalization.ts'
import { type VocabularyOptions, VocabularyTrainer } from './sentencepiece-vocabulary.ts'

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
