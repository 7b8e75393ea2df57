import { GlassformerError } from '../errors.ts'

export type PieceType = 'normal' | 'unknown' | 'control' | 'user-defined' | 'unused' | 'byte'

/** One row of the vocabulary; its id is its place in the file. */
export interface Piece {
  /** The text of the piece, with ▁ (U+2581) for a space. */
  piece: string
  /** Log-probability (unigram, word, char) or minus the rank of the merge (BPE); a float32. */
  score: number
  type: PieceType
}

/** What is done to a text before it is cut into pieces. */
export interface NormalizerSpec {
  name: string
  /** Replacement rules: a uint32 length, a Darts double array over UTF-8 bytes, NUL-terminated replacements. May be empty. */
  charsmap: Uint8Array
  addDummyPrefix: boolean
  removeExtraWhitespaces: boolean
  escapeWhitespaces: boolean
}

/** The part of the trainer's settings that encoding and decoding depend on. */
export interface TrainerSpec {
  modelType: 'unigram' | 'bpe' | 'word' | 'char'
  byteFallback: boolean
  treatWhitespaceAsSuffix: boolean
  /** What an unknown piece decodes to. */
  unkSurface: string
  unkPiece: string
  bosPiece: string
  eosPiece: string
  padPiece: string
}

/** A SentencePiece `.model` (`.spm`) file as plain data. */
export interface SentencePieceModel {
  pieces: Piece[]
  trainer: TrainerSpec
  normalizer: NormalizerSpec
  /** Rules that are applied to decoded text, if the model has any. */
  denormalizer: NormalizerSpec | null
}

const pieceTypes: readonly (PieceType | undefined)[] = [
  undefined,
  'normal',
  'unknown',
  'control',
  'user-defined',
  'unused',
  'byte',
]
const modelTypes: readonly (TrainerSpec['modelType'] | undefined)[] = [undefined, 'unigram', 'bpe', 'word', 'char']

// Wire types of protocol buffers (protobuf.dev/programming-guides/encoding).
const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5

/** What Buffer.toString('utf8', …) calls; for texts of a few letters it takes a fifth of the time. */
type FastBuffer = Buffer & { utf8Slice(begin: number, end: number): string }

/** Walks the fields of a protobuf message and of those inside it; every read is checked against the message's end. */
class MessageReader {
  readonly bytes: FastBuffer
  readonly view: DataView
  readonly where: string
  /** Where the tag of the field that is being read began: what errors point at. */
  tagOffset = 0
  at = 0
  /** The end of the message that is being read. */
  end: number
  field = 0
  wire = 0

  constructor(bytes: Buffer, where: string) {
    this.bytes = bytes as FastBuffer
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.where = where
    this.end = bytes.length
  }

  damaged(offset: number, what: string): GlassformerError {
    return new GlassformerError(
      'ERR_TOKENIZER_FORMAT',
      `${this.where}: not a usable SentencePiece model: at byte ${offset}, ${what}. ` +
        'The file may be incomplete or not a SentencePiece model at all; fetch or train it again.',
    )
  }

  /** Moves to the next field; false at the end of the message. */
  next(): boolean {
    if (this.at >= this.end) return false
    this.tagOffset = this.at
    const tag = this.varint()
    this.field = tag >>> 3
    this.wire = tag & 7
    if (this.field === 0) throw this.damaged(this.tagOffset, 'a field has number 0')
    return true
  }

  /** The low 32 bits of a varint, signed; longer ones (negative numbers take ten bytes) are read to their end. */
  varint(): number {
    const begin = this.at
    if (begin < this.end && this.bytes[begin] < 0x80) return this.bytes[this.at++]
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= this.end) throw this.damaged(begin, 'a number is cut off')
      const byte = this.bytes[this.at++]
      if (shift < 32) value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw this.damaged(begin, 'a number has more than ten bytes')
  }

  integer(): number {
    this.expect(VARINT)
    return this.varint()
  }

  boolean(): boolean {
    return this.integer() !== 0
  }

  float(): number {
    this.expect(FIXED32)
    this.need(this.at, 4)
    this.at += 4
    return this.view.getFloat32(this.at - 4, true)
  }

  /** Moves past a length-delimited field, and returns where its content begins; it ends at `at`. */
  content(): number {
    this.expect(BYTES)
    const lengthOffset = this.at
    const length = this.varint() >>> 0
    const begin = this.at
    this.need(lengthOffset, length)
    this.at = begin + length
    return begin
  }

  /** Goes into the message that the field holds; `leave` with what this returns when it has been read to its end. */
  enter(): number {
    const outer = this.end
    const begin = this.content()
    this.end = this.at
    this.at = begin
    return outer
  }

  leave(outer: number): void {
    this.at = this.end
    this.end = outer
  }

  string(): string {
    const begin = this.content()
    const text = this.bytes.utf8Slice(begin, this.at)
    if (text.includes('\ufffd') && Buffer.compare(Buffer.from(text), this.bytes.subarray(begin, this.at)) !== 0)
      throw this.damaged(begin, 'a text is not UTF-8')
    return text
  }

  skip(): void {
    if (this.wire === VARINT) this.varint()
    else if (this.wire === BYTES) this.content()
    else if (this.wire === FIXED32 || this.wire === FIXED64) {
      const size = this.wire === FIXED32 ? 4 : 8
      this.need(this.at, size)
      this.at += size
    } else throw this.damaged(this.tagOffset, `field ${this.field} has the unknown wire type ${this.wire}`)
  }

  private expect(wire: number): void {
    if (this.wire !== wire)
      throw this.damaged(this.tagOffset, `field ${this.field} has wire type ${this.wire} where ${wire} was expected`)
  }

  private need(offset: number, length: number): void {
    if (length > this.end - this.at)
      throw this.damaged(offset, `${length} bytes are announced and only ${this.end - this.at} are left`)
  }
}

function readPiece(message: MessageReader): Piece {
  const offset = message.tagOffset
  const outer = message.enter()
  const found: Piece = { piece: '', score: 0, type: 'normal' }
  while (message.next()) {
    if (message.field === 1) found.piece = message.string()
    else if (message.field === 2) found.score = message.float()
    else if (message.field === 3) {
      const number = message.integer()
      const type = pieceTypes[number]
      if (type === undefined) throw message.damaged(message.tagOffset, `a piece has the unknown type ${number}`)
      found.type = type
    } else message.skip()
  }
  if (found.piece === '') throw message.damaged(offset, 'a piece is empty')
  if (!Number.isFinite(found.score))
    throw message.damaged(offset, `the score of ${JSON.stringify(found.piece)} is not finite`)
  message.leave(outer)
  return found
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
      checkCharsmap(message, begin, spec.charsmap)
    } else if (message.field === 3) spec.addDummyPrefix = message.boolean()
    else if (message.field === 4) spec.removeExtraWhitespaces = message.boolean()
    else if (message.field === 5) spec.escapeWhitespaces = message.boolean()
    else message.skip()
  }
  message.leave(outer)
}

function checkCharsmap(message: MessageReader, begin: number, charsmap: Uint8Array): void {
  if (charsmap.length === 0) return
  const trieBytes = charsmap.length >= 4 ? message.bytes.readUInt32LE(begin) : -1
  if (trieBytes < 4 || trieBytes % 4 !== 0 || trieBytes > charsmap.length - 5)
    throw message.damaged(begin, 'the normalisation rules (precompiled_charsmap) do not hold what their header says')
  if (charsmap[charsmap.length - 1] !== 0)
    throw message.damaged(begin, 'the last text of the normalisation rules (precompiled_charsmap) does not end')
}

/** The rules that SentencePiece itself checks when it loads a model. */
function checkPieces(model: SentencePieceModel, message: MessageReader, offsets: readonly number[]): void {
  const seen = new Set<string>()
  let unknowns = 0
  let bytes = 0
  for (let id = 0; id < model.pieces.length; id++) {
    const { piece, type } = model.pieces[id]
    if (seen.has(piece)) throw message.damaged(offsets[id], `piece ${id} ${JSON.stringify(piece)} is there twice`)
    seen.add(piece)
    if (type === 'unknown') unknowns++
    if (type !== 'byte') continue
    bytes++
    if (!/^<0x[0-9A-F]{2}>$/.test(piece))
      throw message.damaged(offsets[id], `the byte piece ${id} is ${JSON.stringify(piece)}, not like <0x41>`)
    if (!model.trainer.byteFallback)
      throw message.damaged(offsets[id], `piece ${id} is a byte piece, but byte_fallback is off`)
  }
  if (unknowns !== 1) throw message.damaged(message.end, `the file ends with ${unknowns} unknown pieces instead of one`)
  if (model.trainer.byteFallback && bytes !== 256)
    throw message.damaged(
      message.end,
      `the file ends with ${bytes} byte pieces instead of 256, and byte_fallback is on`,
    )
}

/**
 * Reads a SentencePiece model file (the protocol buffer `ModelProto` of sentencepiece_model.proto).
 *
 * `where` names the file in errors. Throws ERR_TOKENIZER_FORMAT with the byte offset of the damage. The charsmap is a view
 * into `bytes`, not a copy.
 */
export function readSentencePieceModel(bytes: Uint8Array, where: string): SentencePieceModel {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const normalizer = (on: boolean): NormalizerSpec => ({
    name: '',
    charsmap: new Uint8Array(0),
    addDummyPrefix: on,
    removeExtraWhitespaces: on,
    escapeWhitespaces: on,
  })
  const model: SentencePieceModel = {
    pieces: [],
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
    normalizer: normalizer(true),
    denormalizer: null,
  }
  const offsets: number[] = []
  const message = new MessageReader(buffer, where)
  while (message.next()) {
    if (message.field === 1) {
      offsets.push(message.tagOffset)
      model.pieces.push(readPiece(message))
    } else if (message.field === 2) readTrainerSpec(message, model.trainer)
    else if (message.field === 3) readNormalizerSpec(message, model.normalizer)
    else if (message.field === 5) {
      model.denormalizer ??= normalizer(true)
      readNormalizerSpec(message, model.denormalizer)
    } else message.skip()
  }
  if (model.pieces.length === 0) throw message.damaged(buffer.length, 'the file ends without a single piece')
  checkPieces(model, message, offsets)
  if (model.denormalizer?.charsmap.length === 0) model.denormalizer = null
  return model
}
