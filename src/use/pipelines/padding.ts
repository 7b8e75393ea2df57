/** A row padded to a length; a longer row stays. */
export function padded(row: readonly number[], length: number, by: number, side: 'left' | 'right'): number[] {
  const filling = new Array<number>(Math.max(0, length - row.length)).fill(by)
  return side === 'left' ? [...filling, ...row] : [...row, ...filling]
}
