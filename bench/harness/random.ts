/** Uniform numbers in [0, 1), always the same ones for a seed (xorshift32, Marsaglia 2003). */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** Fills an array with numbers of mean 0 and standard deviation `deviation`, evenly spread. */
export function fillRandom(array: Float32Array, deviation: number, random: () => number): Float32Array {
  const width = Math.sqrt(12) * deviation
  for (let i = 0; i < array.length; i++) array[i] = (random() - 0.5) * width
  return array
}
