import { counted } from '../../base/values/number-text.ts'
import { duration } from './progress.ts'
import type { RedrawnLine } from './redrawn-line.ts'

/** Shows the progress of the passes over the pairs on a line of standard error. */
export class PassLine {
  readonly #passes: number
  readonly #began = performance.now()
  readonly #line: RedrawnLine
  /** The number of pairs of a pass; known from the second pass on. */
  #pairs = 0

  constructor(line: RedrawnLine, passes: number) {
    this.#line = line
    this.#passes = passes
  }

  /** The seconds since this object was made. */
  get seconds(): number {
    return (performance.now() - this.#began) / 1000
  }

  reached(pass: number, pairs: number): void {
    if (pass === 1) this.#pairs = pairs
    const done = (pass - 1) * this.#pairs + pairs
    this.#line.draw(() => {
      const rate = done / this.seconds
      return [
        `pass ${pass} of ${this.#passes}`,
        ...(pass > 1 ? [`${duration((this.#passes * this.#pairs - done) / rate)} left`] : []),
        counted(pairs, 'pair'),
        `${counted(rate, 'pair')}/s`,
      ]
    })
  }

  end(): void {
    this.#line.clear()
  }
}
