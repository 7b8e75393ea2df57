import { GlassformerError } from '../errors.ts'
import { SentencePiece } from './sentencepiece.ts'
import { behindStart, type Tokenizer } from './tokenizer.ts'

export interface SentencePieceTokenizerFiles {
  /** The model of the source language, or of both. */
  source: Uint8Array
  /** The model of the target language; default: that of the source. */
  target?: Uint8Array
  /** The id that ends a sentence; default: the end of a sentence in the target model. */
  endId?: number
  /**
   * Pieces that a model folder has beyond the pieces of the files, such as `<pad>`. Their ids begin at the size of the .spm; no text
   * contains them, and they decode to nothing.
   */
  extraPieces?: readonly string[]
  /** The id with which sources begin; default: none. */
  sourceStart?: number
  /** The folder or file, for errors. */
  where: string
}

/** A tokenizer whose ids are those of the SentencePiece model itself. Throws ERR_TOKENIZER_FORMAT if a file is damaged. */
export function createSentencePieceTokenizer(files: SentencePieceTokenizerFiles): Tokenizer {
  const { where, extraPieces = [], sourceStart } = files
  const source = SentencePiece.read(files.source, where)
  const target = files.target === undefined ? source : SentencePiece.read(files.target, where)
  const endId = files.endId ?? target.eosId
  const limit = Math.min(source.size, target.size) + extraPieces.length
  if (!Number.isInteger(endId) || endId < 0 || endId >= limit)
    throw new GlassformerError(
      'ERR_TOKENIZER_FORMAT',
      `${where}: the end of a sentence has the id ${endId}, but the ids are 0 to ${limit - 1}; ` +
        'train the model with an </s> piece, or say which id ends a sentence (endId).',
    )
  const pieceOf = (model: SentencePiece, id: number) => extraPieces[id - model.size] ?? model.idToPiece(id)
  const decode = (model: SentencePiece, ids: readonly number[]) =>
    model.decode(ids.filter((id) => id !== endId && extraPieces[id - model.size] === undefined))
  return {
    sourceSize: source.size + extraPieces.length,
    targetSize: target.size + extraPieces.length,
    encode(text) {
      const ids = source.encode(text)
      return ids.length === 0 ? ids : behindStart(sourceStart, [...ids, endId])
    },
    encodeTarget(text) {
      const ids = target.encode(text)
      ids.push(endId)
      return ids
    },
    decode: (ids) => decode(target, ids),
    decodeSource: (ids) =>
      decode(
        source,
        ids.filter((id) => id !== sourceStart),
      ),
    piece: (id) => pieceOf(target, id),
    sourcePiece: (id) => pieceOf(source, id),
  }
}
