/** How far the translation of a file has come. */
export interface FileProgress {
  /** Lines that the output has; `resumed` of them had been there before this call. */
  lines: number
  resumed: number
  /** The part of the file that these lines are, by bytes, from 0 to 1. */
  part: number
  /** Lines a second, since this call began. */
  linesPerSecond: number
  /** How many seconds the rest takes at the rate of this call. */
  secondsLeft: number
}

/** `begin`, `end`, `size`: the bytes of the file where this call began, to which it has come, and of the whole. */
export function progressOf(of: {
  lines: number
  resumed: number
  begin: number
  end: number
  size: number
  seconds: number
}): FileProgress {
  const { lines, resumed, begin, size, seconds } = of
  const end = Math.min(of.end, size) // the last line may have no end
  return {
    ...{ lines, resumed },
    part: end / size,
    linesPerSecond: (lines - resumed) / seconds,
    secondsLeft: (seconds * (size - end)) / (end - begin),
  }
}
