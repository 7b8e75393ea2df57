import type { TensorEntry } from '../../../formats/tensors/safetensors-header.ts'
import type { TensorSource } from '../../../formats/tensors/tensor-file.ts'

/** Tensors of a source, some of which are read as two: the upper and the lower half of their rows. */
export class HalvedTensors implements TensorSource {
  readonly path: string
  readonly tensors: ReadonlyMap<string, TensorEntry>
  readonly #source: TensorSource
  readonly #halves = new Map<string, { stored: string; first: number }>()

  /** @param names the last word but one of the names of both halves, in the place of that of a tensor that is `joint` */
  constructor(source: TensorSource, joint: RegExp, names: readonly [string, string]) {
    this.#source = source
    this.path = source.path
    const tensors = new Map<string, TensorEntry>()
    for (const [name, entry] of source.tensors) {
      const { shape, bytes } = entry
      if (!joint.test(name) || shape[0] % 2) {
        tensors.set(name, entry)
        continue
      }
      const half = { ...entry, shape: [shape[0] / 2, ...shape.slice(1)], bytes: bytes / 2 }
      const size = half.shape.reduce((all, each) => all * each, 1)
      names.forEach((own, part) => {
        const made = name.replace(/\w+(?=\.\w+$)/, own)
        this.#halves.set(made, { stored: name, first: part * size })
        tensors.set(made, half)
      })
    }
    this.tensors = tensors
  }

  get describedBy(): string | undefined {
    return this.#source.describedBy
  }

  readFloats(name: string, into: Float32Array): void {
    if (this.#halves.has(name)) this.readPart(name, 0, into)
    else this.#source.readFloats(name, into)
  }

  readPart(name: string, first: number, into: Float32Array | Int8Array | Uint8Array): void {
    const half = this.#halves.get(name)
    if (half) this.#source.readPart(half.stored, half.first + first, into)
    else this.#source.readPart(name, first, into)
  }

  readIntegers(name: string): Int8Array | Int32Array | BigInt64Array {
    return this.#source.readIntegers(name)
  }

  close(): void {
    this.#source.close()
  }
}
