import { allocated } from '../../../base/allocated.ts'
import { GlassformerError } from '../../../base/errors.ts'
import { entryOf, lastOf } from '../../../base/present.ts'
import { isArrayOf } from '../../../base/values/value-class.ts'
import type { TensorEntry } from '../../../formats/tensors/safetensors-header.ts'
import type { TensorSource } from '../../../formats/tensors/tensor-file.ts'

/** A tensor [rows, width] of an encoder that sees, made of stored ones. */
export interface MadeTensor {
  name: string
  /** Its rows are those of these tensors, one after the other; tensors that are absent have none. */
  of: readonly string[]
  /** A vector that is added to its rows from row `from` on. */
  added?: { vector: string; from: number }
  /** The first dimension is that of rows, and all others are one; by default the last is the width, and all others are one. */
  isMatrix?: true
}

/** Tensors of a source, of which some are made of others, which then are not there. */
export class MadeTensors implements TensorSource {
  readonly path: string
  readonly tensors: ReadonlyMap<string, TensorEntry>
  readonly #source: TensorSource
  readonly #made: ReadonlyMap<string, MadeTensor>
  /** The tensor that was made last. */
  #last: { name: string; values: Float32Array } | null = null

  /** `keeps`: whether a tensor of the source is read as it is. */
  constructor(source: TensorSource, made: readonly MadeTensor[], keeps: (name: string) => boolean) {
    this.#source = source
    this.path = source.path
    this.#made = new Map(made.map((each) => [each.name, each]))
    const used = new Set(made.flatMap(({ of, added }) => [...of, ...(added ? [added.vector] : [])]))
    this.tensors = new Map([
      ...[...source.tensors].filter(([name]) => !used.has(name) && keeps(name)),
      ...made.flatMap((each): [string, TensorEntry][] => {
        const entry = this.#entry(each)
        return entry ? [[each.name, entry]] : []
      }),
    ])
  }

  get describedBy(): string | undefined {
    return this.#source.describedBy
  }

  readFloats(name: string, into: Float32Array): void {
    if (!this.#made.has(name)) return this.#source.readFloats(name, into)
    const values = this.#values(name)
    if (into.length !== values.length)
      throw new GlassformerError('ERR_SHAPE', `tensor '${name}' has ${values.length} values, its place ${into.length}`)
    into.set(values)
  }

  readPart(name: string, first: number, into: Float32Array | Int8Array | Uint8Array): void {
    if (!this.#made.has(name) || !isArrayOf<Float32Array>(Float32Array, into))
      return this.#source.readPart(name, first, into)
    into.set(this.#values(name).subarray(first, first + into.length))
  }

  readIntegers(name: string): Int8Array | Int32Array | BigInt64Array {
    return this.#source.readIntegers(name)
  }

  close(): void {
    this.#last = null
    this.#source.close()
  }

  #parts({ of }: MadeTensor): [string, TensorEntry][] {
    return of.flatMap((name): [string, TensorEntry][] => {
      const entry = this.#source.tensors.get(name)
      return entry ? [[name, entry]] : []
    })
  }

  #entry(made: MadeTensor): TensorEntry | null {
    const parts = this.#parts(made)
    if (!parts.length) return null
    const sizes = parts.map(([, { shape }]) => shape.reduce((all, each) => all * each, 1))
    const [, { shape, ...first }] = parts[0]
    const width = made.isMatrix ? sizes[0] / shape[0] : lastOf(shape)
    const refuse = (name: string, own: readonly number[], what: string): never => {
      throw new GlassformerError(
        'ERR_MODEL_FORMAT',
        `${this.path}: tensor '${name}' [${own.join(', ')}] should have ${what}`,
      )
    }
    for (const [name, { shape }] of parts)
      if (!made.isMatrix && lastOf(shape) !== width) refuse(name, shape, `rows of ${width} values`)
    if (made.added) {
      const vector = this.#source.tensors.get(made.added.vector)
      if (!vector)
        throw new GlassformerError('ERR_MODEL_FORMAT', `${this.path}: tensor '${made.added.vector}' is missing`)
      if (vector.shape.length !== 1 || vector.shape[0] !== width)
        refuse(made.added.vector, vector.shape, `${width} values`)
    }
    const all = sizes.reduce((sum, own) => sum + own, 0)
    const bytes = parts.reduce((sum, [, own]) => sum + own.bytes, 0)
    return { ...first, shape: [all / width, width], bytes, strides: undefined }
  }

  #values(name: string): Float32Array {
    if (this.#last?.name === name) return this.#last.values
    const made = entryOf(this.#made, name)
    const [rows, width] = entryOf(this.tensors, name).shape
    const values = allocated(4 * rows * width, () => new Float32Array(rows * width))
    let at = 0
    for (const [part, { shape }] of this.#parts(made)) {
      const size = shape.reduce((all, each) => all * each, 1)
      this.#source.readFloats(part, values.subarray(at, at + size))
      at += size
    }
    if (made.added) {
      const vector = new Float32Array(width)
      this.#source.readFloats(made.added.vector, vector)
      for (let i = made.added.from * width; i < values.length; i++) values[i] += vector[i % width]
    }
    this.#last = { name, values }
    return values
  }
}
