import { present } from '../../base/present.ts'
import { bar, duration, isKnown } from '../terminal/progress.ts'
import { RedrawnLine } from '../terminal/redrawn-line.ts'

/** How far a sound has come, in seconds of it; `total` is undefined where its length is unknown. */
interface Reached {
  done: number
  total: number | undefined
}

/** The progress of transcribing sounds, on a line of standard error. */
export class SoundProgress {
  readonly #line: RedrawnLine | null
  readonly #began = performance.now()
  readonly #reached = new Map<number, Reached>()
  readonly #sounds: number
  #finished = 0

  private constructor(line: RedrawnLine | null, sounds: number) {
    this.#line = line
    this.#sounds = sounds
    this.#draw()
  }

  /** @param sounds how many sounds there are @param isShown whether a line is drawn */
  static async open(sounds: number, isShown: boolean): Promise<SoundProgress> {
    return new SoundProgress(isShown ? await RedrawnLine.open() : null, sounds)
  }

  /** Reports how far the sound with this index has come. */
  reached(index: number, { done, total }: Reached): void {
    this.#reached.set(index, { done, total })
    this.#draw()
  }

  finished(): void {
    this.#finished++
    this.#draw()
  }

  /** Prints a line of text above the progress. */
  say(text: string): void {
    if (this.#line) this.#line.say(text)
    else process.stderr.write(`${text}\n`)
  }

  end(): void {
    this.#line?.clear()
  }

  #draw(): void {
    this.#line?.draw(() => this.#inWords())
  }

  #inWords(): string[] {
    const all = [...this.#reached.values()]
    const done = all.reduce((sum, each) => sum + each.done, 0)
    const seconds = (performance.now() - this.#began) / 1000
    const share = this.#share(all)
    return [
      ...(share === undefined ? [] : [`${bar(share)} ${Math.floor(100 * share)} %`]),
      ...(share !== undefined && isKnown(seconds, share) ? [`${duration((seconds * (1 - share)) / share)} left`] : []),
      ...(this.#sounds > 1 ? [`${this.#finished} of ${this.#sounds} sounds`] : []),
      `${duration(done)} of sound`,
      ...(done > 0 ? [`${(done / seconds).toFixed(1)} s of sound a second`] : []),
    ]
  }

  /** The part that is done: of the lengths where they are known, each unknown sound taken for a mean one. */
  #share(all: readonly Reached[]): number | undefined {
    const known = all.filter((each): each is Required<Reached> => each.total !== undefined)
    const total = known.reduce((sum, each) => sum + present(each.total), 0)
    if (!total) return this.#sounds > 1 ? this.#finished / this.#sounds : undefined
    const done = known.reduce((sum, each) => sum + each.done, 0)
    return Math.min(1, (done / total) * Math.min(1, Math.max(known.length, 1) / this.#sounds))
  }
}
