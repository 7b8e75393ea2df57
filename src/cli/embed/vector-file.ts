import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync, statSync, writeSync } from 'node:fs'
import { GlassformerError } from '../../base/errors.ts'
import type { forms } from './options.ts'

/** Where vectors go: a file, or standard output. */
export interface VectorSink {
  /** Vectors that are there already. */
  readonly done: number
  write(vector: Float32Array): void
  /** Ends the file. */
  close(): void
}

/** The bytes of a header of NumPy, in which there is room for any number of rows. */
const HEADER = 128

/** Opens a file of vectors; with `resume` the whole vectors that it has stay. @throws GlassformerError ERR_FILE, ERR_OPTION */
export function openVectors(
  path: string | undefined,
  form: (typeof forms)[number],
  width: number,
  resume: boolean,
): VectorSink {
  if (path === undefined) return standardOutput(form)
  if (!resume && existsSync(path) && statSync(path).size > 0)
    throw new GlassformerError('ERR_FILE', `${path} is there already: take another name, or --resume to go on with it`)
  const file = openSync(path, resume && existsSync(path) ? 'r+' : 'w+')
  const begin = form === 'npy' ? HEADER : 0
  const kept = form === 'jsonl' ? wholeLines(file) : wholeRows(file, begin, width)
  ftruncateSync(file, kept.bytes)
  let at = kept.bytes
  let rows = kept.rows
  if (form === 'npy' && at < begin) at = begin
  return {
    done: kept.rows,
    write(vector) {
      const bytes = bytesOf(vector, form)
      at += writeSync(file, bytes, 0, bytes.length, at)
      rows++
    },
    close() {
      if (form === 'npy') writeSync(file, header(rows, width), 0, HEADER, 0)
      closeSync(file)
    },
  }
}

function standardOutput(form: (typeof forms)[number]): VectorSink {
  if (form === 'npy')
    throw new GlassformerError('ERR_OPTION', 'a NumPy file says how many rows it has: write it with --output')
  return { done: 0, write: (vector) => void process.stdout.write(bytesOf(vector, form)), close() {} }
}

const bytesOf = (vector: Float32Array, form: (typeof forms)[number]): Buffer =>
  form === 'jsonl'
    ? Buffer.from(`[${Array.from(vector, (value) => Number(value.toPrecision(9))).join(',')}]\n`)
    : Buffer.from(Float32Array.from(vector).buffer)

function wholeLines(file: number): { rows: number; bytes: number } {
  const chunk = Buffer.alloc(1 << 20)
  let [rows, bytes, at] = [0, 0, 0]
  for (
    let read = readSync(file, chunk, 0, chunk.length, at);
    read > 0;
    read = readSync(file, chunk, 0, chunk.length, at)
  ) {
    for (let i = chunk.indexOf(10); i >= 0 && i < read; i = chunk.indexOf(10, i + 1)) {
      rows++
      bytes = at + i + 1
    }
    at += read
  }
  return { rows, bytes }
}

function wholeRows(file: number, begin: number, width: number): { rows: number; bytes: number } {
  const { size } = fstatSync(file)
  const rows = Math.max(0, Math.floor((size - begin) / (4 * width)))
  return { rows, bytes: size < begin ? 0 : begin + 4 * width * rows }
}

/** The header of a NumPy file, version 1.0. */
function header(rows: number, width: number): Buffer {
  const words = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${width}), }`
  const length = HEADER - 10
  return Buffer.concat([
    Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, length & 255, length >> 8]),
    Buffer.from(`${words.padEnd(length - 1, ' ')}\n`),
  ])
}
