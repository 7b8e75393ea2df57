/** How far a long translation has come. */
export interface Progress {
  /** `lines` are done, `bytes` of the input with them. */
  reached(lines: number, bytes: number): void
  /** A line of text on standard error, above what is drawn. */
  say(text: string): void
  /** Leaves the terminal as it was. */
  end(): void
}

export const silent: Progress = {
  reached() {},
  say: (text) => process.stderr.write(`${text}\n`),
  end() {},
}

const KNOWN = '{bar} {percentage} % · {lines} lines · {rate} lines/s · {left} left'
const UNKNOWN = '{lines} lines · {rate} lines/s'

/** Draws on the terminal of standard error: a bar and the time left where the size of the input is known, else the rate alone. */
export async function showProgress(totalBytes: number | null): Promise<Progress> {
  const { default: cliProgress } = await import('cli-progress')
  const bar = new cliProgress.SingleBar({
    format: totalBytes === null ? UNKNOWN : KNOWN,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    gracefulExit: false, // the `exit` handler below serves every way out
    emptyOnZero: true,
  })
  const began = performance.now()
  const payload = (lines: number, bytes: number) => {
    const seconds = (performance.now() - began) / 1000
    return {
      lines: lines.toLocaleString('en'),
      rate: lines ? Math.round(lines / seconds).toLocaleString('en') : '–',
      left: totalBytes !== null && bytes ? duration((seconds * (totalBytes - bytes)) / bytes) : '–',
    }
  }
  const end = () => bar.stop()
  bar.start(totalBytes ?? 0, 0, payload(0, 0))
  process.once('exit', end)
  return {
    reached: (lines, bytes) => bar.update(Math.min(bytes, totalBytes ?? bytes), payload(lines, bytes)),
    // \x1b[K clears the bar's line; \x1b7 tells the terminal where the bar is now, to which `stop` returns.
    say: (text) => process.stderr.write(`\r\x1b[K${text}\n\x1b7`),
    end() {
      process.removeListener('exit', end)
      end()
    },
  }
}

/** 75 → '1 min 15 s'. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  if (hours) return `${hours} h ${minutes} min`
  return minutes ? `${minutes} min ${whole % 60} s` : `${whole} s`
}
