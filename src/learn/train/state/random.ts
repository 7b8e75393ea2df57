/**
 * Random numbers that depend only on a seed and the numbers of a stream (for example an epoch): xoshiro128** (Blackman
 * and Vigna 2018, prng.di.unimi.it), its state filled by SplitMix in 32 bits.
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #d: number

  constructor(seed: number, ...stream: readonly number[]) {
    let state = 0
    const mix = (value: number) => {
      state = (state + value + 0x9e3779b9) | 0
      let x = state
      x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
      x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
      return x ^ (x >>> 16)
    }
    for (const number of [seed, ...stream]) {
      state = mix(number | 0)
      state = mix(Math.floor(number / 2 ** 32) | 0)
    }
    this.#a = mix(0)
    this.#b = mix(0)
    this.#c = mix(0)
    this.#d = mix(0) | 1 // the state is never all zero
  }

  /** 32 random bits, as an integer from 0. */
  bits(): number {
    const scrambled = Math.imul(this.#b, 5)
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9)
    const shifted = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= shifted
    this.#d = (this.#d << 11) | (this.#d >>> 21)
    return result >>> 0
  }

  /** An integer from 0 to below `limit` (up to 2^32), each as likely as any other. */
  below(limit: number): number {
    const fair = 2 ** 32 - (2 ** 32 % limit)
    for (;;) {
      const bits = this.bits()
      if (bits < fair) return bits % limit
    }
  }

  /** A number in (0, 1). */
  uniform(): number {
    return (this.bits() + 0.5) / 2 ** 32
  }

  /** A standard normal number (Box and Muller 1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(this.uniform())) * Math.cos(2 * Math.PI * this.uniform())
  }

  /** Shuffles a list in place (Fisher and Yates). */
  shuffle<T>(list: T[]): T[] {
    for (let k = list.length - 1; k > 0; k--) {
      const other = this.below(k + 1)
      const kept = list[k]
      list[k] = list[other]
      list[other] = kept
    }
    return list
  }
}

/** The weights that a training changes, of a model or of an adapter, in one array. */
export interface Trainable {
  readonly values: Float32Array
  /** Its matrices; a vector is one row. */
  readonly parameters: readonly { name: string; rows: number; width: number }[]
  /** Where a matrix begins. */
  place(name: string): { offset: number }
}
