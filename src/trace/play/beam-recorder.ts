import {
  type Fate,
  type Finished,
  type Hypothesis,
  penalized,
  type SearchObserver,
} from '../../engine/decode/search/index.ts'
import type { GenerationOptions } from '../../engine/decode/settings/options.ts'
import type { BeamNode, BeamTree } from '../data/trace.ts'

/** Records which drafted tokens a search has chosen, and which it has refused, by the steps for which they were drafted. */
export class DraftRecorder implements SearchObserver {
  readonly steps = new Map<number, { id: number; isAccepted: boolean }>()

  saw(): void {}

  drafted(hypothesis: Hypothesis): void {
    this.steps.set(hypothesis.length - 1, { id: hypothesis.id, isAccepted: true })
  }

  refused(guesses: readonly Hypothesis[]): void {
    for (const { length, id } of guesses.slice(0, 1)) this.steps.set(length - 1, { id, isAccepted: false })
  }

  stopped(): void {}
}

/** One observer for several. */
export const observers = (all: readonly SearchObserver[]): SearchObserver => ({
  saw: (...given) => all.forEach((each) => each.saw(...given)),
  drafted: (...given) => all.forEach((each) => each.drafted?.(...given)),
  refused: (...given) => all.forEach((each) => each.refused?.(...given)),
  stopped: (...given) => all.forEach((each) => each.stopped(...given)),
})

/** Records every hypothesis of a search. */
export class BeamRecorder implements SearchObserver {
  readonly #options: GenerationOptions
  readonly #nameOf: (id: number) => string
  readonly #nodes: BeamNode[] = []
  readonly #indices = new Map<Hypothesis, number>()
  #results: number[] = []
  #why = ''

  /** `nameOf`: the token of an id; −1 is a start represented by a zero vector. */
  constructor(options: GenerationOptions, nameOf: (id: number) => string) {
    this.#options = options
    this.#nameOf = nameOf
  }

  saw(hypothesis: Hypothesis, fate: Fate): void {
    this.#nodes[this.#indexOf(hypothesis)].state = fate
  }

  stopped(why: string, finished: readonly Finished[]): void {
    this.#why = why
    this.#results = finished.map(({ hypothesis }) => this.#indexOf(hypothesis))
  }

  get tree(): BeamTree {
    return { beams: this.#options.beams, nodes: this.#nodes, results: this.#results, stopped: this.#why }
  }

  #indexOf(hypothesis: Hypothesis): number {
    const known = this.#indices.get(hypothesis)
    if (known !== undefined) return known
    const { parent, id, length, score, sum } = hypothesis
    const node: BeamNode = {
      parent: parent ? this.#indexOf(parent) : -1,
      depth: length,
      id,
      token: this.#nameOf(id),
      logProbability: score,
      sum,
      score: penalized(this.#options, sum, Math.max(1, length)),
      state: 'kept',
    }
    const index = this.#nodes.push(node) - 1
    this.#indices.set(hypothesis, index)
    return index
  }
}
