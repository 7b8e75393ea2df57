/** Marian's files, put together byte by byte: models in both forms, shortlists and small vocabularies. */
import { zip } from '../../../formats/torch-file.ts'

export interface Item {
  shape: number[]
  values: Float32Array
  /** How a matrix of integers is stored; default: float32. */
  as?: { type: number; lane?: number; bits: 8 | 16; scale: number }
}

const u64 = (...values: number[]) => Buffer.from(BigUint64Array.from(values, BigInt).buffer)
const f32 = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer)

/** A matrix [inputs, outputs] as rows of outputs, or in registers of `lane` values of eight rows in turn; the embedding is not turned. */
function integers(name: string, { shape: [rows, columns], values, as }: Item): Buffer {
  const { bits, lane, scale } = as!
  const turned = name !== 'Wemb'
  const [outputs, inputs] = turned ? [columns, rows] : [rows, columns]
  const at = (output: number, input: number) =>
    Math.max(
      -127,
      Math.min(127, Math.round(scale * values[turned ? input * columns + output : output * columns + input])),
    )
  const order: number[] = []
  if (lane === undefined) for (let o = 0; o < outputs; o++) for (let i = 0; i < inputs; i++) order.push(at(o, i))
  else
    for (let o = 0; o < outputs; o += 8)
      for (let i = 0; i < inputs; i += lane)
        for (let r = 0; r < 8; r++) for (let k = 0; k < lane; k++) order.push(at(o + r, i + k))
  const data = bits === 8 ? Int8Array.from(order) : Int16Array.from(order)
  return Buffer.concat([Buffer.from(data.buffer), f32(scale)])
}

/** A `.bin` of version 1. */
export function marianBinary(items: Record<string, Item>, options: string): Buffer {
  const text = Buffer.from(`${options}\0`)
  const all = [
    ...Object.entries(items).map(([name, item]) => ({
      name: Buffer.from(`${name}\0`),
      type: item.as?.type ?? 0x404,
      shape: item.shape,
      data: item.as ? integers(name, item) : Buffer.from(item.values.buffer),
    })),
    { name: Buffer.from('special:model.yml\0'), type: 0x101, shape: [text.length], data: text },
  ].map((item) => ({ ...item, data: Buffer.concat([item.data, Buffer.alloc((256 - (item.data.length % 256)) % 256)]) }))
  all.at(-1)!.data = text
  const head = Buffer.concat([
    u64(1, all.length),
    ...all.map(({ name, type, shape, data }) => u64(name.length, type, shape.length, data.length)),
    ...all.map(({ name }) => name),
    ...all.map(({ shape }) => Buffer.from(Int32Array.from(shape).buffer)),
  ])
  const padding = 256 - ((head.length + 8) % 256)
  return Buffer.concat([head, u64(padding), Buffer.alloc(padding), ...all.map(({ data }) => data)])
}

/** A `.npy`, with values row by row or, as Fortran has them, column by column. */
export function npy(type: string, shape: readonly number[], data: Uint8Array, fortran = false): Buffer {
  const order = fortran ? 'True' : 'False'
  const text = `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`
  const header = `${text}${' '.repeat(63 - ((10 + text.length) % 64))}\n`
  const length = Buffer.alloc(2)
  length.writeUInt16LE(header.length)
  return Buffer.concat([Buffer.from([0x93]), Buffer.from('NUMPY\x01\x00', 'latin1'), length, Buffer.from(header), data])
}

/** A `.npz` of these arrays and the options. */
export function npz(items: Record<string, Item>, options: string, fortran = false): Buffer {
  const text = Buffer.from(`${options}\0`)
  const byColumns = ({ shape: [rows, columns], values }: Item) =>
    Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)])
  return zip([
    ...Object.entries(items).map(([name, item]) => ({
      name: `${name}.npy`,
      content: npy('<f4', item.shape, Buffer.from((fortran ? byColumns(item) : item.values).buffer), fortran),
    })),
    { name: 'special:model.yml.npy', content: npy('|i1', [text.length], text) },
  ])
}

/** A binary shortlist; the checksum is computed with whole numbers of 64 bits. */
export function shortlist(first: number, targets: readonly (readonly number[])[], checksum?: bigint): Buffer {
  const offsets = [0]
  for (const list of targets) offsets.push(offsets.at(-1)! + list.length)
  const body = Buffer.concat([
    u64(first, 50, offsets.length, offsets.at(-1)!),
    u64(...offsets),
    Buffer.from(Uint32Array.from(targets.flat()).buffer),
  ])
  const mask = (1n << 64n) - 1n
  let seed = 0n
  for (let at = 0; at + 8 <= body.length; at += 8)
    seed ^= (body.readBigUInt64LE(at) + 0x9e3779b9n + ((seed << 6n) & mask) + (seed >> 2n)) & mask
  const head = Buffer.alloc(16)
  head.writeBigUInt64LE(0xf11a48d5013417f5n)
  head.writeBigUInt64LE(checksum ?? seed, 8)
  return Buffer.concat([head, body])
}

/** A SentencePiece model of words and letters: </s> is 0 and <unk> is 1, as Marian trains them. */
export function spm(pieces: readonly string[]): Buffer {
  const field = (number: number, content: Buffer) =>
    Buffer.concat([Buffer.from([8 * number + 2, content.length]), content])
  const piece = (text: string, score: number, type: number) =>
    field(
      1,
      Buffer.concat([field(1, Buffer.from(text)), Buffer.from([8 * 2 + 5]), f32(score), Buffer.from([8 * 3, type])]),
    )
  return Buffer.concat([
    piece('</s>', 0, 3),
    piece('<unk>', 0, 2),
    ...pieces.map((text, i) => piece(text, -1 - i / 10, 1)),
  ])
}
