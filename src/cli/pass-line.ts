import { duration } from './progress.ts'

/** Milliseconds between two drawings. */
const PAUSE = 100

/** How far the passes over the pairs have come, a line on standard error that is drawn anew. */
export class PassLine {
  readonly #passes: number
  readonly #began = performance.now()
  /** Of a pass, as far as they are known: all of them from the second pass on. */
  #pairs = 0
  #drawn = 0

  constructor(passes: number) {
    this.#passes = passes
  }

  /** Seconds since the beginning. */
  get seconds(): number {
    return (performance.now() - this.#began) / 1000
  }

  reached(pass: number, pairs: number): void {
    if (pass === 1) this.#pairs = pairs
    const now = performance.now()
    if (now - this.#drawn < PAUSE) return
    this.#drawn = now
    const done = (pass - 1) * this.#pairs + pairs
    const rate = done / this.seconds
    const left = pass > 1 ? ` · ${duration((this.#passes * this.#pairs - done) / rate)} left` : ''
    const counts = `${pairs.toLocaleString('en')} pairs · ${Math.round(rate).toLocaleString('en')} pairs/s`
    process.stderr.write(`\r\x1b[Kpass ${pass} of ${this.#passes} · ${counts}${left}`)
  }

  end(): void {
    if (this.#drawn) process.stderr.write('\r\x1b[K')
  }
}
