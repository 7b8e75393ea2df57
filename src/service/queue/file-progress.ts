/** The progress of a file's translation. */
export interface FileProgress {
  /** Lines in the output; `resumed` of them were there before this call. */
  lines: number
  resumed: number
  /** The fraction of the file that these lines make up, by bytes, from 0 to 1. */
  part: number
  /** Lines per second since this call began. */
  linesPerSecond: number
  /** Estimated seconds for the rest, at the rate of this call. */
  secondsLeft: number
}

/** `begin`, `end`, `size`: the byte offsets where this call began and where it is now, and the size of the file. */
export function progressOf(of: {
  lines: number
  resumed: number
  begin: number
  end: number
  size: number
  seconds: number
}): FileProgress {
  const { lines, resumed, begin, size, seconds } = of
  const end = Math.min(of.end, size) // the last line may have no line end
  return {
    lines,
    resumed,
    part: end / size,
    linesPerSecond: (lines - resumed) / seconds,
    secondsLeft: (seconds * (size - end)) / (end - begin),
  }
}
