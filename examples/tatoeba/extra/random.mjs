/** Random draws that repeat for the same seed. */
export function randomFrom(seed) {
  let state = seed >>> 0
  /** A number from 0 to 1, 1 excluded: mulberry32. */
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296
  }
  const below = (end) => Math.floor(random() * end)
  const pick = (values) => values[below(values.length)]
  const shuffled = (values) => {
    const copy = [...values]
    for (let i = copy.length - 1; i > 0; i--) {
      const j = below(i + 1)
      ;[copy[i], copy[j]] = [copy[j], copy[i]]
    }
    return copy
  }
  return { below, pick, shuffled }
}
