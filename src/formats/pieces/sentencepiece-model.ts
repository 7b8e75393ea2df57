import { LONGEST_PIECE } from '../../base/limits.ts'
import { type PieceTable, type PieceType, pieceTypes } from './piece-table.ts'
import { MessageReader } from './protobuf.ts'

/** The number of bytes before the text of a plain piece: tag, length, tag, length. */
const BEFORE = 4
/** The number of bytes after the text: the score's tag and a float32. */
const AFTER = 5
/** The number of bytes of a type, where the piece has one: its tag and the type. */
const TYPE = 2
/**
 * The characters between two texts when the eight bytes after a score's tag have been set to 0: the score, and the
 * bytes before a text.
 */
const BETWEEN = '\x15\0\0\0\0\0\0\0\0'

/**
 * Reads the plain pieces at the beginning of a file: a short text, a score, and optionally a type, in this order, as
 * SentencePiece writes them. Adds them to `pieces`, which is empty. There are thousands of pieces, and V8 has not
 * optimized this code yet when it runs. For this reason there is no call for each field, and all texts are decoded at
 * once. Pieces that are not plain, or damaged, are left unread.
 */
function readPlainPieces(message: MessageReader, pieces: PieceTable): void {
  const { bytes, view } = message
  const copy = new Uint8Array(bytes.length + BEFORE)
  copy.set(bytes)
  const blotted = new DataView(copy.buffer, copy.byteOffset, copy.length)
  const scores: number[] = []
  const types: PieceType[] = []
  const afterTyped: number[] = []
  let at = 0
  for (;;) {
    const end = at + 2 + bytes[at + 1]
    const scoreAt = at + BEFORE + bytes[at + 3]
    const typed = scoreAt + AFTER !== end
    if (!(bytes[at] === 0x0a && bytes[at + 1] < 0x80 && bytes[at + 2] === 0x0a && end <= message.end)) break
    if (!(scoreAt > at + BEFORE && bytes[scoreAt] === 0x15)) break
    if (typed && !(scoreAt + AFTER + TYPE === end && bytes[end - TYPE] === 0x18)) break
    const type = typed ? pieceTypes[bytes[end - 1]] : 'normal'
    if (type === undefined) break
    const score = view.getFloat32(scoreAt + 1, true)
    if (!Number.isFinite(score)) return
    scores.push(score)
    types.push(type)
    if (typed) afterTyped.push(types.length)
    blotted.setFloat64(scoreAt + 1, 0)
    at = end
  }
  const texts = utf8(copy.subarray(BEFORE, at + BEFORE))?.split(BETWEEN) ?? []
  // Nothing follows the last text. More parts than texts mean that a text contains the characters that separate texts.
  if (texts.length !== types.length + 1) return
  for (const id of afterTyped) texts[id] = texts[id].slice(TYPE)
  texts.pop()
  Object.assign(pieces, { texts, scores, types })
  message.at = at
}

/** The UTF-8 text, in which a byte order mark is a character; null for other bytes. */
function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

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

/**
 * The fault in the rules of a normalizer (precompiled_charsmap) and its byte offset; null for usable rules. Rules are a
 * uint32 length, a Darts double array of that many bytes, and NUL-terminated replacements.
 */
export function charsmapFault(rules: Uint8Array): { at: number; what: string } | null {
  const trieBytes = rules.length >= 4 ? new DataView(rules.buffer, rules.byteOffset).getUint32(0, true) : -1
  if (trieBytes < 4 || trieBytes % 4 !== 0 || trieBytes > rules.length - 5)
    return { at: 0, what: 'the normalization rules (precompiled_charsmap) do not hold what their header says' }
  if (rules[rules.length - 1] !== 0)
    return { at: 0, what: 'the last text of the normalization rules (precompiled_charsmap) does not end' }
  // A text that grew by a long replacement for each of its characters would exhaust memory.
  for (let begin = 4 + trieBytes; begin < rules.length; ) {
    const end = rules.lastIndexOf(0, Math.min(begin + LONGEST_PIECE, rules.length - 1))
    if (end < begin)
      return {
        at: begin,
        what: `a text of the normalization rules (precompiled_charsmap) has more than ${LONGEST_PIECE} bytes`,
      }
    begin = end + 1
  }
  return null
}
