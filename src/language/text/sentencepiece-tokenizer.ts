import { GlassformerError } from '../../base/errors.ts'
import { SentencePiece } from './sentencepiece/sentencepiece.ts'
import { type DecodeOptions, ended, type Tokenizer } from './tokenizer/tokenizer.ts'

export interface SentencePieceTokenizerFiles {
  /** The model of the source language, or of both. */
  source: Uint8Array
  /** The model of the target language; default: that of the source. */
  target?: Uint8Array
  /** The id that ends a sentence; default: the end of a sentence in the target model. */
  endId?: number
  /**
   * Pieces of a model folder in addition to the pieces of the files, such as `<pad>`. Their ids begin at the size of
   * the .spm; they match no text, and they decode to nothing.
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
  const isSpecial = (model: SentencePiece, id: number) => id === endId || extraPieces[id - model.size] !== undefined
  const decode = (model: SentencePiece, ids: readonly number[], { special = false }: DecodeOptions = {}) => {
    if (!special) return model.decode(ids.filter((id) => !isSpecial(model, id)))
    let text = ''
    let run: number[] = []
    for (const id of ids) {
      if (!isSpecial(model, id)) run.push(id)
      else {
        text += model.decode(run) + pieceOf(model, id)
        run = []
      }
    }
    return text + model.decode(run)
  }
  return {
    sourceSize: source.size + extraPieces.length,
    targetSize: target.size + extraPieces.length,
    special: new Map([
      [pieceOf(target, endId), endId],
      ...extraPieces.map((piece, i) => [piece, target.size + i] as const),
    ]),
    encode: (text, options = {}) => ended((part) => source.encode(part), text, options, endId, sourceStart),
    encodeTarget: (text, options = {}) => ended((part) => target.encode(part), text, options, endId),
    decode: (ids, options) => decode(target, ids, options),
    decodeSource: (ids, options) =>
      decode(
        source,
        ids.filter((id) => id !== sourceStart),
        options,
      ),
    piece: (id) => pieceOf(target, id),
    sourcePiece: (id) => pieceOf(source, id),
  }
}
