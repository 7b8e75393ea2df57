import { GlassformerError } from '../../../../base/errors.ts'
import { entryOf } from '../../../../base/present.ts'
import { isArrayOf } from '../../../../base/values/value-class.ts'
import type { TensorSource } from '../../../../formats/tensors/tensor-file.ts'

/** Rows of a stored tensor that are a tensor of their own. */
export interface RowsOf {
  from: string
  rows: readonly number[]
}

/** A source with tensors that are rows of others, in any order; the others are left out. */
export function rowTensors(source: TensorSource, parts: ReadonlyMap<string, RowsOf>): TensorSource {
  const tensors = new Map(source.tensors)
  for (const [name, { from, rows }] of parts) {
    const entry = entryOf(source.tensors, from)
    tensors.set(name, {
      ...entry,
      shape: [rows.length, ...entry.shape.slice(1)],
      bytes: (entry.bytes / entry.shape[0]) * rows.length,
    })
  }
  for (const { from } of parts.values()) tensors.delete(from)
  const widthOf = (from: string) =>
    entryOf(source.tensors, from)
      .shape.slice(1)
      .reduce((size, length) => size * length, 1)
  const readPart: TensorSource['readPart'] = (name, first, into) => {
    const part = parts.get(name)
    if (!part) return source.readPart(name, first, into)
    if (!isArrayOf(Float32Array, into))
      throw new GlassformerError('ERR_UNSUPPORTED', `${source.path}: tensor '${name}' is no matrix of floats`)
    const { from, rows } = part
    const width = widthOf(from)
    for (let done = 0; done < into.length; ) {
      const at = first + done
      const [row, column] = [Math.floor(at / width), at % width]
      let last = row
      while (rows[last + 1] === rows[last] + 1) last++
      const count = Math.min(into.length - done, (last - row + 1) * width - column)
      source.readPart(from, rows[row] * width + column, into.subarray(done, done + count))
      done += count
    }
  }
  return {
    path: source.path,
    tensors,
    describedBy: source.describedBy,
    readFloats: (name, into) => (parts.has(name) ? readPart(name, 0, into) : source.readFloats(name, into)),
    readPart,
    readIntegers: (name) => source.readIntegers(name),
    close: () => source.close(),
  }
}

/** Row numbers [first, first + count). */
export const rowsFrom = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i)

/**
 * The same rows where each head's pairs of numbers lie side by side, as the op rotate has them; files of PyTorch have the first numbers of
 * all pairs and then the second ones. Products of queries and keys do not depend on the order.
 */
export const pairedRows = (rows: readonly number[], dHead: number): number[] =>
  rows.map((_, i) => {
    const [head, place] = [Math.floor(i / dHead) * dHead, i % dHead]
    return rows[head + (place >> 1) + (place % 2) * (dHead / 2)]
  })
