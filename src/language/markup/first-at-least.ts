/** The first of some numbers, which are in order, that is at least `least`; Infinity where none is. */
export function firstAtLeast(numbers: readonly number[], least: number): number {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (numbers[middle] < least) low = middle + 1
    else high = middle
  }
  return numbers[low] ?? Infinity
}
