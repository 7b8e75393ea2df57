/** The first of these ascending numbers that is at least `least`; Infinity where there is none. */
export function firstAtLeast(numbers: readonly number[], least: number): number {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (numbers[middle] < least) low = middle + 1
    else high = middle
  }
  return numbers[low] ?? Infinity
}
