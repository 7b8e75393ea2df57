import type { Hypothesis, SearchObserver } from '../../engine/decode/search/index.ts'

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
