/** A convolution over one sentence: its rows [begin, end), the number of taps, and what each tap reads. */
export interface Convolution {
  begin: number
  end: number
  taps: number
  dilation: number
  before: number
}

/** Calls use(tap, row that it reads) for the taps of output `row` that lie in the sentence. */
export function forTaps(
  { begin, end, taps, dilation, before }: Convolution,
  row: number,
  use: (tap: number, read: number) => void,
): void {
  for (let tap = 0; tap < taps; tap++) {
    const read = row + (tap - before) * dilation
    if (read >= begin && read < end) use(tap, read)
  }
}
