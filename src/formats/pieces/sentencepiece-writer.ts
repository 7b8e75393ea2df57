import { type PieceTable, type PieceType, pieceTypes } from './piece-table.ts'
import { idsOf, modelTypes, type NormalizerSpec, type SentencePieceModel } from './sentencepiece-model.ts'

const VARINT = 0
const BYTES = 2
const FIXED32 = 5

/** Appends the fields of one protobuf message (protobuf.dev/programming-guides/encoding). */
class MessageWriter {
  #parts: Uint8Array[] = []

  integer(field: number, value: number): void {
    this.#varint(8 * field + VARINT)
    this.#varint(value)
  }

  boolean(field: number, value: boolean): void {
    this.integer(field, value ? 1 : 0)
  }

  float(field: number, value: number): void {
    this.#varint(8 * field + FIXED32)
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setFloat32(0, value, true)
    this.#parts.push(bytes)
  }

  content(field: number, bytes: Uint8Array): void {
    this.#varint(8 * field + BYTES)
    this.#varint(bytes.length)
    this.#parts.push(bytes)
  }

  text(field: number, text: string): void {
    this.content(field, Buffer.from(text))
  }

  finish(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#parts))
  }

  /**
   * Writes seven bits per byte, the lowest first; a negative number is written as the 64 bits of its two's complement.
   */
  #varint(value: number): void {
    const bytes: number[] = []
    let rest = BigInt.asUintN(64, BigInt(value))
    do {
      const low = Number(rest & 0x7fn)
      rest >>= 7n
      bytes.push(rest === 0n ? low : low | 0x80)
    } while (rest !== 0n)
    this.#parts.push(Uint8Array.from(bytes))
  }
}

/**
 * The bytes of a SentencePiece `.model` (`.spm`) file: the protocol buffer `ModelProto` of sentencepiece_model.proto.
 * readSentencePieceModel reads the same model from it.
 */
export function writeSentencePieceModel(model: SentencePieceModel): Uint8Array {
  const message = new MessageWriter()
  for (let id = 0; id < model.pieces.texts.length; id++) message.content(1, writePiece(model.pieces, id))
  message.content(2, writeTrainer(model))
  message.content(3, writeNormalizer(model.normalizer))
  if (model.denormalizer !== null) message.content(5, writeNormalizer(model.denormalizer))
  return message.finish()
}

function writePiece({ texts, scores, types }: PieceTable, id: number): Uint8Array {
  const message = new MessageWriter()
  message.text(1, texts[id])
  message.float(2, scores[id])
  if (types[id] !== 'normal') message.integer(3, pieceTypes.indexOf(types[id]))
  return message.finish()
}

function writeTrainer({ pieces, trainer }: SentencePieceModel): Uint8Array {
  const { texts, types } = pieces
  const of = (type: PieceType) => idsOf(type, types).map((id) => texts[id])
  const control = (text: string) => idsOf('control', types).find((id) => texts[id] === text) ?? -1
  const special = new Set([trainer.bosPiece, trainer.eosPiece, trainer.padPiece])
  const message = new MessageWriter()
  message.integer(3, modelTypes.indexOf(trainer.modelType))
  message.integer(4, texts.length)
  message.float(10, 1) // this declares that all characters of the training text are pieces
  message.boolean(24, trainer.treatWhitespaceAsSuffix)
  for (const text of of('control')) if (!special.has(text)) message.text(30, text)
  for (const text of of('user-defined')) message.text(31, text)
  message.boolean(35, trainer.byteFallback)
  message.integer(40, types.indexOf('unknown'))
  message.integer(41, control(trainer.bosPiece))
  message.integer(42, control(trainer.eosPiece))
  message.integer(43, control(trainer.padPiece))
  message.text(44, trainer.unkSurface)
  message.text(45, trainer.unkPiece)
  message.text(46, trainer.bosPiece)
  message.text(47, trainer.eosPiece)
  message.text(48, trainer.padPiece)
  return message.finish()
}

function writeNormalizer(spec: NormalizerSpec): Uint8Array {
  const message = new MessageWriter()
  message.text(1, spec.name)
  message.content(2, spec.charsmap)
  message.boolean(3, spec.addDummyPrefix)
  message.boolean(4, spec.removeExtraWhitespaces)
  message.boolean(5, spec.escapeWhitespaces)
  return message.finish()
}
