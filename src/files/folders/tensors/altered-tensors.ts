import { GlassformerError } from '../../../base/errors.ts'
import { entryOf, lastOf } from '../../../base/present.ts'
import { isArrayOf } from '../../../base/values/value-class.ts'
import type { TensorEntry } from '../../../formats/tensors/safetensors-header.ts'
import type { TensorSource } from '../../../formats/tensors/tensor-file.ts'

/** The difference between a folder's tensors and those that a family reads. */
export interface Alteration {
  /** Whether a tensor is read at all. */
  keeps(name: string): boolean
  /** The name of a tensor whose first row is added to every row of this one; null where there is none. */
  addedRow?(name: string): string | null
}

/** The tensors of a source without some of them, and with a constant row added to others. */
export class AlteredTensors implements TensorSource {
  readonly path: string
  readonly tensors: ReadonlyMap<string, TensorEntry>
  readonly #source: TensorSource
  readonly #alteration: Alteration

  constructor(source: TensorSource, alteration: Alteration) {
    this.#source = source
    this.#alteration = alteration
    this.path = source.path
    this.tensors = new Map([...source.tensors].filter(([name]) => alteration.keeps(name)))
  }

  get describedBy(): string | undefined {
    return this.#source.describedBy
  }

  readFloats(name: string, into: Float32Array): void {
    this.#source.readFloats(name, into)
    this.#addRow(name, 0, into)
  }

  readPart(name: string, first: number, into: Float32Array | Int8Array | Uint8Array): void {
    this.#source.readPart(name, first, into)
    if (isArrayOf<Float32Array>(Float32Array, into)) this.#addRow(name, first, into)
  }

  readIntegers(name: string): Int8Array | Int32Array | BigInt64Array {
    return this.#source.readIntegers(name)
  }

  close(): void {
    this.#source.close()
  }

  /** Adds the constant row to values [first, first + values.length) of a table. */
  #addRow(name: string, first: number, values: Float32Array): void {
    const other = this.#alteration.addedRow?.(name) ?? null
    const entry = other === null ? undefined : this.#source.tensors.get(other)
    if (other === null || !entry) return
    const width = lastOf(entryOf(this.tensors, name).shape)
    const [rows = 0, columns = 0] = entry.shape
    if (columns !== width || rows < 1)
      throw new GlassformerError(
        'ERR_MODEL_FORMAT',
        `${this.path}: tensor '${other}' [${entry.shape.join(', ')}] should have rows of ${width} values`,
      )
    const table = new Float32Array(rows * width)
    this.#source.readFloats(other, table)
    for (let i = 0; i < values.length; i++) values[i] += table[(first + i) % width]
  }
}
