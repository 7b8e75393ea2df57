import { GlassformerError } from '../../base/errors.ts'
import type { TracedTensor } from '../../trace/data/trace.ts'
import { Tensor } from './tensor.ts'

/** The ids that a decoder has read, and the sources, one for each row. */
export interface ReadRows {
  sources: readonly (readonly number[])[]
  rows: readonly (readonly number[])[]
}

/**
 * The past of a decoder, `past_key_values`: pass it on with the ids that follow. The cache of a call has keys and values
 * as tensors [rows, heads, ids, width], named `past_key_values.0.decoder.key` (`.encoder.key` for those of the source;
 * `past_key_values.0.key` for a decoder alone), with zeros after shorter rows. They are for reading: a later call
 * computes them again from the ids, to the same numbers. The cache of `generate` has the ids alone.
 */
export class DynamicCache {
  readonly [name: `past_key_values.${string}`]: Tensor
  readonly #read: ReadRows

  constructor(read: ReadRows, entries: Readonly<Record<string, Tensor>> = {}) {
    this.#read = read
    Object.assign(this, entries)
  }

  /** The number of ids that were read, in the longest row. */
  get_seq_length(): number {
    return Math.max(0, ...this.#read.rows.map((ids) => ids.length))
  }

  /** As in transformers.js, whose tensors may lie on a GPU; here garbage collection frees them. */
  async dispose(): Promise<void> {}

  /** The ids that a value of the option `past_key_values` has read; null for none. @throws GlassformerError ERR_OPTION */
  static readBy(given: unknown): ReadRows | null {
    if (given === undefined || given === null) return null
    if (typeof given === 'object' && #read in given) return given.#read
    throw new GlassformerError(
      'ERR_OPTION',
      "option 'past_key_values' takes the past_key_values of a result, and no tensors of other models",
    )
  }
}

/** The names of the keys and values in a trace, for each layer, and their names in a cache. */
export function cacheNames(layers: number, isAlone: boolean): { traced: string; cached: string }[] {
  const parts = ['key', 'value']
  return Array.from({ length: layers }, (_, i) => i).flatMap((i) => [
    ...parts.map((part) => ({
      traced: `decoder.${i}.selfAttention.${part}`,
      cached: `past_key_values.${i}.${isAlone ? '' : 'decoder.'}${part}`,
    })),
    ...(isAlone
      ? []
      : parts.map((part) => ({
          traced: `decoder.${i}.crossAttention.${part}`,
          cached: `past_key_values.${i}.encoder.${part}`,
        }))),
  ])
}

/** The tensors of a name in the traces of several rows, [ids, heads · width] each, as one [rows, heads, ids, width]. */
export function stackedHeads(found: readonly TracedTensor[], heads: number): Tensor {
  const length = Math.max(0, ...found.map(({ shape }) => shape[0]))
  const width = (found[0]?.shape[1] ?? 0) / heads
  const data = new Float32Array(found.length * heads * length * width)
  found.forEach(({ values, shape: [ids] }, row) => {
    for (let id = 0; id < ids; id++)
      for (let head = 0; head < heads; head++) {
        const from = (id * heads + head) * width
        data.set(values.subarray(from, from + width), ((row * heads + head) * length + id) * width)
      }
  })
  return new Tensor('float32', data, [found.length, heads, length, width])
}
