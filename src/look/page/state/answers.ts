import type { Trace } from '../../../trace/data/trace.ts'
import type { TraceOptions } from '../../../trace/options.ts'

/** Questions about the target that the run has: options of `inspect`. */
export interface Questions {
  /** Why a token was chosen. */
  why?: Required<Pick<TraceOptions, 'attribute'>> & Pick<TraceOptions, 'contrast'>
  /** The effect of replacing tensors. */
  sweep?: NonNullable<TraceOptions['sweep']>
  /** The number whose origin is shown. */
  origin?: NonNullable<TraceOptions['origins']>[number]
}

type Answered = Pick<Trace, 'attributions' | 'sweep' | 'origins'>

const WHY = '#why '
const SWEEP = '#sweep '
const ORIGIN = '#origin '
const KINDS = [WHY, SWEEP, ORIGIN]

/** Questions as keys, beside names of tensors. */
export const questionMarks = ({ why, sweep, origin }: Questions): string[] => [
  ...(why ? [WHY + JSON.stringify(why)] : []),
  ...(sweep ? [SWEEP + JSON.stringify(sweep)] : []),
  ...(origin ? [ORIGIN + JSON.stringify(origin)] : []),
]

export const isQuestion = (mark: string): boolean => KINDS.some((kind) => mark.startsWith(kind))

/**
 * The marks that one request takes of the wanted ones: one question of each kind, and none before there is a translation to ask
 * about. The others are asked for again by the next render.
 */
export function oneOfEach(wanted: ReadonlySet<string>, isTranslated: boolean): Set<string> {
  const questions = KINDS.map((kind) => [...wanted].find((mark) => mark.startsWith(kind)))
  return new Set([...wanted].filter((mark) => !isQuestion(mark) || (isTranslated && questions.includes(mark))))
}

/** The options of a request that asks the questions among its marks. */
export function questionsIn(wanted: ReadonlySet<string>): TraceOptions {
  const options: TraceOptions = {}
  for (const mark of wanted) {
    if (mark.startsWith(WHY)) Object.assign(options, JSON.parse(mark.slice(WHY.length)))
    if (mark.startsWith(SWEEP)) options.sweep = JSON.parse(mark.slice(SWEEP.length))
    if (mark.startsWith(ORIGIN)) options.origins = [JSON.parse(mark.slice(ORIGIN.length))]
  }
  return options
}

/** The maximum number of answers that a run keeps. */
const KEPT = 60

/** The answers about one run, by their marks. */
export class Answers {
  readonly #all = new Map<string, Answered>()
  #last: { trace: Trace; key: string; whole: Trace } | null = null

  has(mark: string): boolean {
    return this.#all.has(mark)
  }

  /** Takes the answers out of a trace that was asked for `wanted`. */
  keep(wanted: ReadonlySet<string>, { attributions, sweep, origins }: Trace): void {
    for (const mark of wanted) {
      if (mark.startsWith(WHY)) this.#all.set(mark, { attributions })
      if (mark.startsWith(SWEEP)) this.#all.set(mark, { sweep })
      if (mark.startsWith(ORIGIN)) this.#all.set(mark, { origins })
    }
    for (const oldest of [...this.#all.keys()].slice(0, -KEPT)) this.#all.delete(oldest)
  }

  /** The trace with these answers: the same object as long as both are the same. */
  beside(trace: Trace, marks: readonly string[]): Trace {
    if (marks.length === 0) return trace
    const key = marks.join()
    if (this.#last?.trace !== trace || this.#last.key !== key)
      this.#last = { trace, key, whole: Object.assign({}, trace, ...marks.map((mark) => this.#all.get(mark))) }
    return this.#last.whole
  }
}
