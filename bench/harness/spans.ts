/** [begin, end) of `count` runs of equal length, one after the other. */
export function equalSpans(count: number, length: number): Int32Array {
  const spans = new Int32Array(2 * count)
  for (let i = 0; i < count; i++) {
    spans[2 * i] = i * length
    spans[2 * i + 1] = (i + 1) * length
  }
  return spans
}

/** 0, 1, 2, …; restarts at 0 after every `period` values. */
export const countUp = (length: number, period = length) => Int32Array.from({ length }, (_, i) => i % period)
