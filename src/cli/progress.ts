/** How far a long translation has come. */
export interface Progress {
  /** So many texts are done, and with them `part` of the total. */
  reached(texts: number, part: number): void
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

/**
 * Draws on the terminal of standard error: a bar and the time left where the size of all work is known (in whatever `reached` counts),
 * else the rate alone. `unit` is what texts are called.
 */
export async function showProgress(total: number | null, unit: 'lines' | 'sentences'): Promise<Progress> {
  const { default: cliProgress } = await import('cli-progress')
  const speed = `{texts} ${unit} · {rate} ${unit}/s`
  const bar = new cliProgress.SingleBar({
    format: total === null ? speed : `{bar} {percentage} % · ${speed} · {left} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    gracefulExit: false, // the `exit` handler below serves every way out
    emptyOnZero: true,
  })
  const began = performance.now()
  const payload = (texts: number, part: number) => {
    const seconds = (performance.now() - began) / 1000
    return {
      texts: texts.toLocaleString('en'),
      rate: texts ? Math.round(texts / seconds).toLocaleString('en') : '–',
      left: total !== null && part ? duration((seconds * (total - part)) / part) : '–',
    }
  }
  const end = () => bar.stop()
  bar.start(total ?? 0, 0, payload(0, 0))
  process.once('exit', end)
  return {
    reached: (texts, part) => bar.update(Math.min(part, total ?? part), payload(texts, part)),
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
