import { GlassformerError } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import { type SpecialIds, sourceEndOf } from '../../../engine/model/config/config.ts'
import { type CreateHubTokenizer, createHubTokenizer } from '../../../language/text/hub/create-hub-tokenizer.ts'
import { createMarianTokenizer } from '../../../language/text/marian-tokenizer.ts'
import { RowsTokenizer } from '../../../language/text/rows-text.ts'
import { createSentencePieceTokenizer } from '../../../language/text/sentencepiece-tokenizer.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'
import { createWordsTokenizer, linesOf } from '../../../language/text/tokenizer/words-tokenizer.ts'
import { createVocabularyTokenizer } from '../../../language/text/vocabulary-tokenizer.ts'
import { type TokenizerFiles, takesTexts } from './tokenizer-files.ts'

/**
 * Makes the tokenizer of the files; null where there are none. Throws ERR_TOKENIZER_FORMAT for damaged files. Throws
 * ERR_MODEL_FORMAT for a tokenizer that has more ids than the model, or another end-of-sentence id.
 */
export const createTokenizer = (files: TokenizerFiles): Tokenizer | null => makeTokenizer(files, createHubTokenizer)

/**
 * Makes the tokenizer of the files; null where there are none. Throws ERR_TOKENIZER_FORMAT for damaged files. Throws
 * ERR_MODEL_FORMAT for a tokenizer that has more ids than the model, or another end-of-sentence id. `createHub` makes
 * tokenizers of kind 'huggingface', and may be null for other kinds.
 */
export function makeTokenizer(files: TokenizerFiles, createHub: CreateHubTokenizer | null): Tokenizer | null {
  if (files.kind === 'none' || !takesTexts(files)) return null
  const { where, model } = files
  const tokenizer = create(files, createHub)
  const end = tokenizer.end ?? tokenizer.encodeTarget('').at(-1)
  const foreign = (what: string) =>
    new GlassformerError('ERR_MODEL_FORMAT', `${where}: tokenizer and model do not belong together: ${what}`)
  const check = (side: string, size: number, vocabulary: number) => {
    if (size > vocabulary)
      throw foreign(`the tokenizer has ${size} ids and the model only ${vocabulary} for the ${side}`)
  }
  // A model may generate every id, so a list must have a word for each.
  const checkWhole = (side: string, size: number, vocabulary: number) => {
    if (size < vocabulary)
      throw foreign(
        `the list has ${size} words and the model ${vocabulary} ids for the ${side}: it is cut short, or another's`,
      )
  }
  check('source', tokenizer.sourceSize, model.sourceVocabulary)
  check('target', tokenizer.targetSize, model.targetVocabulary)
  if (end !== model.ids.end)
    throw foreign(`the tokenizer ends a sentence with id ${end} and the model with ${model.ids.end}`)
  if (files.kind === 'words' || files.kind === 'vocabulary') {
    checkWhole('source', tokenizer.sourceSize, model.sourceVocabulary)
    checkWhole('target', tokenizer.targetSize, model.targetVocabulary)
  }
  return model.rowWidth === undefined ? tokenizer : new RowsTokenizer(tokenizer, model.rowWidth)
}

/**
 * The tokenizer of a vocabulary that has no file for texts; null for other files. A text is then tokens with spaces
 * between them, to which nothing is added that is not added to lists of tokens.
 */
export const tokensAlone = (files: TokenizerFiles): Tokenizer | null =>
  files.kind === 'vocabulary' && !takesTexts(files) ? create({ ...files, textEnd: false }, null) : null

function create(files: Exclude<TokenizerFiles, { kind: 'none' }>, createHub: CreateHubTokenizer | null): Tokenizer {
  const { sourceStart } = files.model.ids
  switch (files.kind) {
    case 'marian':
      return createMarianTokenizer({ ...files, sourceStart })
    case 'huggingface':
      return present(createHub)({
        ...files,
        modelSize: files.model.targetVocabulary,
        modelStart: files.model.ids.start,
      })
    case 'sentencepiece':
      return createSentencePieceTokenizer({ ...files, endId: files.model.ids.end, sourceStart })
    case 'vocabulary': {
      const { end, start } = files.model.ids
      const ids = { end, start, sourceStart, sourceEnd: sourceEndOf(files.model.ids) }
      return createVocabularyTokenizer({ ...files, ids })
    }
    case 'words':
      return createWordsTokenizer({
        ...files,
        sourceStart,
        ...specialWords(files.target ?? files.source, files.model.ids),
      })
  }
}

/** The words at the model's special ids; where an id is null or past the list, the tokenizer's own default applies. */
function specialWords(list: string, { end, unknown, start, padding }: SpecialIds) {
  const last = Math.max(...[end, unknown, start, padding].map((id) => id ?? 0))
  const words = [...firstOf(linesOf(list), last + 1)]
  const at = (id: number | null) => (id === null ? undefined : words[id] || undefined)
  return {
    end: at(end),
    unknown: at(unknown),
    silent: ['<pad>', '<s>', at(start), at(padding)].filter((word) => word !== undefined),
  }
}

function* firstOf<T>(values: Iterable<T>, count: number): Generator<T> {
  let left = count
  for (const value of values) {
    if (left-- === 0) return
    yield value
  }
}
