import { charsmapFault } from './charsmap-fault.ts'
import { type PieceTable, type PieceType, pieceTypes } from './piece-table.ts'
import { readPlainPieces } from './plain-pieces.ts'
import { MessageReader } from './protobuf.ts'

/** The normalization of a text before it is split into pieces. */
export interface NormalizerSpec {
  name: string
  /** Replacement rules: a uint32 length, a Darts double array over UTF-8 bytes, NUL-terminated replacements. May be empty. */
  charsmap: Uint8Array
  addDummyPrefix: boolean
  removeExtraWhitespaces: boolean
  escapeWhitespaces: boolean
}

/** The trainer's settings that encoding and decoding depend on. */
export interface TrainerSpec {
  modelType: 'unigram' | 'bpe' | 'word' | 'char'
  byteFallback: boolean
  treatWhitespaceAsSuffix: boolean
  /** The text that an unknown piece decodes to. */
  unkSurface: string
  unkPiece: string
  bosPiece: string
  eosPiece: string
  padPiece: string
}

/** A SentencePiece `.model` (`.spm`) file as plain data. */
export interface SentencePieceModel {
  pieces: PieceTable
  trainer: TrainerSpec
  normalizer: NormalizerSpec
  /** Rules that are applied to decoded text, if the model has any. */
  denormalizer: NormalizerSpec | null
}

/** The model types by their numbers in the file. */
export const modelTypes: readonly (TrainerSpec['modelType'] | undefined)[] = [
  undefined,
  'unigram',
  'bpe',
  'word',
  'char',
]

function readPiece(message: MessageReader, { texts, scores, types }: PieceTable): void {
  const offset = message.tagOffset
  const outer = message.enter()
  let text = ''
  let score = 0
  let type: PieceType | undefined = 'normal'
  while (message.next()) {
    if (message.field === 1) text = message.string()
    else if (message.field === 2) score = message.float()
    else if (message.field === 3) {
      const number = message.integer()
      type = pieceTypes[number]
      if (type === undefined) throw message.damaged(message.tagOffset, `a piece has the unknown type ${number}`)
    } else message.skip()
  }
  if (text === '') throw message.damaged(offset, 'a piece is empty')
  if (!Number.isFinite(score)) throw message.damaged(offset, `the score of ${JSON.stringify(text)} is not finite`)
  message.leave(outer)
  texts.push(text)
  scores.push(score)
  types.push(type)
}

function readTrainerSpec(message: MessageReader, spec: TrainerSpec): void {
  const outer = message.enter()
  while (message.next()) {
    if (message.field === 3) {
      const number = message.integer()
      const type = modelTypes[number]
      if (type === undefined) throw message.damaged(message.tagOffset, `the model is of the unknown type ${number}`)
      spec.modelType = type
    } else if (message.field === 24) spec.treatWhitespaceAsSuffix = message.boolean()
    else if (message.field === 35) spec.byteFallback = message.boolean()
    else if (message.field === 44) spec.unkSurface = message.string()
    else if (message.field === 45) spec.unkPiece = message.string()
    else if (message.field === 46) spec.bosPiece = message.string()
    else if (message.field === 47) spec.eosPiece = message.string()
    else if (message.field === 48) spec.padPiece = message.string()
    else message.skip()
  }
  message.leave(outer)
}

function readNormalizerSpec(message: MessageReader, spec: NormalizerSpec): void {
  const outer = message.enter()
  while (message.next()) {
    if (message.field === 1) spec.name = message.string()
    else if (message.field === 2) {
      const begin = message.content()
      spec.charsmap = message.bytes.subarray(begin, message.at)
      const fault = spec.charsmap.length === 0 ? null : charsmapFault(spec.charsmap)
      if (fault) throw message.damaged(begin + fault.at, fault.what)
    } else if (message.field === 3) spec.addDummyPrefix = message.boolean()
    else if (message.field === 4) spec.removeExtraWhitespaces = message.boolean()
    else if (message.field === 5) spec.escapeWhitespaces = message.boolean()
    else message.skip()
  }
  message.leave(outer)
}

/** Checks the same rules as SentencePiece when it loads a model. */
function checkPieces({ pieces, trainer }: SentencePieceModel, message: MessageReader): void {
  const { texts, types } = pieces
  const damaged = (id: number, what: string) => message.damaged(offsetOf(message, id), what)
  const named = (id: number) => JSON.stringify(texts[id])
  if (new Set(texts).size < texts.length) {
    const id = firstRepeated(texts)
    throw damaged(id, `piece ${id} ${named(id)} is there twice`)
  }
  const unknowns = idsOf('unknown', types).length
  if (unknowns !== 1) throw message.damaged(message.end, `the file ends with ${unknowns} unknown pieces instead of one`)
  const bytes = idsOf('byte', types)
  for (const id of bytes) {
    if (!/^<0x[0-9A-F]{2}>$/.test(texts[id])) throw damaged(id, `the byte piece ${id} is ${named(id)}, not like <0x41>`)
    if (!trainer.byteFallback) throw damaged(id, `piece ${id} is a byte piece, but byte_fallback is off`)
  }
  if (trainer.byteFallback && bytes.length !== 256)
    throw message.damaged(
      message.end,
      `the file ends with ${bytes.length} byte pieces instead of 256, and byte_fallback is on`,
    )
}

/** The ids of the pieces of a rare type. */
export function idsOf(type: PieceType, types: readonly PieceType[]): number[] {
  const ids: number[] = []
  for (let id = types.indexOf(type); id >= 0; id = types.indexOf(type, id + 1)) ids.push(id)
  return ids
}

function firstRepeated(texts: readonly string[]): number {
  const seen = new Set<string>()
  return texts.findIndex((text) => seen.size === seen.add(text).size)
}

/** The offset of a piece. The file is walked again, because only errors need this offset. */
function offsetOf({ bytes, where }: MessageReader, id: number): number {
  const message = new MessageReader(bytes, where)
  for (let pieces = 0; message.next(); message.skip()) if (message.field === 1 && pieces++ === id) break
  return message.tagOffset
}

const defaultNormalizer = (): NormalizerSpec => ({
  name: '',
  charsmap: new Uint8Array(0),
  addDummyPrefix: true,
  removeExtraWhitespaces: true,
  escapeWhitespaces: true,
})

/** A model without pieces, with the defaults of sentencepiece_model.proto. */
const emptyModel = (): SentencePieceModel => ({
  pieces: { texts: [], scores: [], types: [] },
  trainer: {
    modelType: 'unigram',
    byteFallback: false,
    treatWhitespaceAsSuffix: false,
    unkSurface: ' \u2047 ',
    unkPiece: '<unk>',
    bosPiece: '<s>',
    eosPiece: '</s>',
    padPiece: '<pad>',
  },
  normalizer: defaultNormalizer(),
  denormalizer: null,
})

/**
 * Reads a SentencePiece model file (the protocol buffer `ModelProto` of sentencepiece_model.proto).
 *
 * `where` names the file in errors. Throws ERR_TOKENIZER_FORMAT with the byte offset of the damage. The charsmap is a view
 * into `bytes`, not a copy.
 */
export function readSentencePieceModel(bytes: Uint8Array, where: string): SentencePieceModel {
  const model = emptyModel()
  const message = new MessageReader(bytes, where)
  readPlainPieces(message, model.pieces)
  while (message.next()) {
    if (message.field === 1) readPiece(message, model.pieces)
    else if (message.field === 2) readTrainerSpec(message, model.trainer)
    else if (message.field === 3) readNormalizerSpec(message, model.normalizer)
    else if (message.field === 5) {
      model.denormalizer ??= defaultNormalizer()
      readNormalizerSpec(message, model.denormalizer)
    } else message.skip()
  }
  if (model.pieces.texts.length === 0) throw message.damaged(bytes.length, 'the file ends without a single piece')
  checkPieces(model, message)
  if (model.denormalizer?.charsmap.length === 0) model.denormalizer = null
  return model
}
