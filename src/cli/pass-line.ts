import { counted, whole } from '../number-text.ts'
import { duration } from './progress.ts'
import { RedrawnLine } from './redrawn-line.ts'

/** How far the passes over the pairs have come, a line on standard error. */
export class PassLine {
  readonly #passes: number
  readonly #began = performance.now()
  readonly #line = new RedrawnLine()
  /** Of a pass, as far as they are known: all of them from the second pass on. */
  #pairs = 0

  constructor(passes: number) {
    this.#passes = passes
  }

  /** Seconds since the beginning. */
  get seconds(): number {
    return (performance.now() - this.#began) / 1000
  }

  reached(pass: number, pairs: number): void {
    if (pass === 1) this.#pairs = pairs
    if (!this.#line.isDue) return
    const done = (pass - 1) * this.#pairs + pairs
    const rate = done / this.seconds
    this.#line.draw([
      `pass ${pass} of ${this.#passes}`,
      ...(pass > 1 ? [`${duration((this.#passes * this.#pairs - done) / rate)} left`] : []),
      counted(pairs, 'pair'),
      `${whole(rate)} pairs/s`,
    ])
  }

  end(): void {
    this.#line.clear()
  }
}
