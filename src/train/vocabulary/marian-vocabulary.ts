import type { SentencePieceModel } from '../../formats/sentencepiece-model.ts'
import { writeSentencePieceModel } from '../../formats/sentencepiece-writer.ts'
import { isPlain, type Normalization, normalizerSpec } from './normalization.ts'
import { type SpecialPieceIds, type VocabularyOptions, VocabularyTrainer } from './sentencepiece-vocabulary.ts'

export interface MarianVocabularyOptions extends Omit<VocabularyOptions, 'specialIds'> {
  /**
   * - `joint` (default): one model, trained on both languages, and one vocabulary;
   * - `united`: a model for each language, and one vocabulary of all their pieces, as OPUS-MT models have it;
   * - `separate`: a model and a vocabulary for each language.
   *
   * `size` counts the ids of each model.
   */
  sharing?: 'joint' | 'united' | 'separate'
  /** Apostrophes, quotation marks and hyphens of sources are read as those of a keyboard, and those of targets if no pair has others there. */
  plainPunctuation?: boolean
  /** Languages of the texts, for tokenizer_config.json; default: not written. */
  sourceLanguage?: string
  targetLanguage?: string
  /** The longest text that the model takes, in tokens, for tokenizer_config.json; default 512. */
  longestText?: number
}

/** The tokenizer files of a Marian model folder: what createMarianTokenizer takes, and what the files of these names hold. */
export interface MarianVocabularyFiles {
  /** source.spm */
  source: Uint8Array
  /** target.spm */
  target: Uint8Array
  /** vocab.json */
  vocabulary: string
  /** target_vocab.json; only with separate vocabularies. */
  targetVocabulary?: string
  /** tokenizer_config.json, parsed. */
  configuration: Record<string, string | number | boolean>
  /** Ids of the source side and of the target side. */
  sourceSize: number
  targetSize: number
}

/** `</s>` 0, `<unk>` 1, `<pad>` last, no `<s>`: so the ids of a .spm and of its vocab.json are the same. */
const marianSpecialIds: SpecialPieceIds = { unknown: 1, begin: null, end: 0, padding: 'last' }

const PLAIN: Normalization = 'nmt_nfkc_plain'

/**
 * Trains the vocabulary of a Marian model on sentence pairs: add them all, then call `train`.
 *
 * Throws ERR_OPTION for options that cannot be met.
 */
export class MarianVocabularyTrainer {
  readonly #options: MarianVocabularyOptions
  readonly #source: VocabularyTrainer
  readonly #target: VocabularyTrainer
  /** No target that was added has anything that plain punctuation would change. */
  #targetsArePlain = true

  constructor(options: MarianVocabularyOptions) {
    const { sharing, plainPunctuation, sourceLanguage, targetLanguage, longestText, ...rest } = options
    this.#options = options
    this.#target = new VocabularyTrainer({ ...rest, specialIds: marianSpecialIds })
    const isJoint = (sharing ?? 'joint') === 'joint'
    this.#source = isJoint ? this.#target : new VocabularyTrainer({ ...rest, specialIds: marianSpecialIds })
  }

  add({ source, target }: { source: string; target: string }): void {
    this.#source.add(source, this.#options.plainPunctuation ? PLAIN : undefined)
    this.#target.add(target)
    this.#targetsArePlain &&= isPlain(target)
  }

  train(): MarianVocabularyFiles {
    const target = this.#target.train()
    const source = this.#source === this.#target ? target : this.#source.train()
    if (!this.#options.plainPunctuation) return marianVocabularyFiles(source, target, this.#options)
    const plainSource = { ...source, normalizer: normalizerSpec(PLAIN) }
    if (!this.#targetsArePlain) return marianVocabularyFiles(plainSource, target, this.#options)
    const plainTarget = source === target ? plainSource : { ...target, normalizer: normalizerSpec(PLAIN) }
    return marianVocabularyFiles(plainSource, plainTarget, this.#options)
  }
}

/** The tokenizer files of a Marian model folder for two models with `marianSpecialIds`; a joint one is given twice. */
function marianVocabularyFiles(
  source: SentencePieceModel,
  target: SentencePieceModel,
  options: Pick<
    MarianVocabularyOptions,
    'sharing' | 'sourceLanguage' | 'targetLanguage' | 'longestText' | 'characterCoverage'
  >,
): MarianVocabularyFiles {
  const { sharing = 'joint', sourceLanguage, targetLanguage, longestText = 512, characterCoverage = 1 } = options
  const isSeparate = sharing === 'separate'
  const sourcePieces = vocabularyOf(isSeparate ? [source] : [source, target])
  const targetPieces = isSeparate ? vocabularyOf([target]) : sourcePieces
  const sourceBytes = writeSentencePieceModel(source, { characterCoverage })
  return {
    source: sourceBytes,
    target: target === source ? sourceBytes : writeSentencePieceModel(target, { characterCoverage }),
    vocabulary: vocabularyText(sourcePieces),
    ...(isSeparate ? { targetVocabulary: vocabularyText(targetPieces) } : {}),
    configuration: {
      tokenizer_class: 'MarianTokenizer',
      ...(sourceLanguage === undefined ? {} : { source_lang: sourceLanguage }),
      ...(targetLanguage === undefined ? {} : { target_lang: targetLanguage }),
      separate_vocabs: isSeparate,
      model_max_length: longestText,
      eos_token: '</s>',
      unk_token: '<unk>',
      pad_token: '<pad>',
    },
    sourceSize: sourcePieces.length,
    targetSize: targetPieces.length,
  }
}

/** All pieces, in the order of the models, padding last. */
function vocabularyOf(models: readonly SentencePieceModel[]): string[] {
  const padding = models[0].trainer.padPiece
  const pieces = new Set(models.flatMap((model) => model.pieces.texts))
  pieces.delete(padding)
  return [...pieces, padding]
}

/** A line for each piece. JSON text puts no order on keys that look like numbers; the ids do not depend on it. */
function vocabularyText(pieces: readonly string[]): string {
  return `{\n${pieces.map((piece, id) => `${JSON.stringify(piece)}: ${id}`).join(',\n')}\n}\n`
}
