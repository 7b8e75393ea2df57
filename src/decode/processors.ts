import { type Hypothesis, historyOf } from './hypothesis.ts'
import type { GenerationOptions } from './options.ts'

/** Collects edits of scores, as the `candidates` op takes them: (row, id, kind) and a value. */
export interface EditSink {
  set(row: number, id: number, value: number): void
  penalize(row: number, id: number, value: number): void
}

/** What a search may do next, apart from the model's opinion. */
export interface Rules {
  options: GenerationOptions
  /** Ends a sentence. */
  end: number
  /** The most tokens that a sentence may have. */
  limit: number
  /** Ids by the number of tokens before them: each is the token there, whatever the model says. */
  forced?: ReadonlyMap<number, number>
}

/** The id that the next token of a hypothesis must have, or null. The score of a forced token is 0. */
export function forcedId({ options, limit, forced }: Rules, hypothesis: Hypothesis): number | null {
  const id = forced?.get(hypothesis.length)
  if (id !== undefined) return id
  if (hypothesis.length === limit - 1 && options.forcedLast !== null) return options.forcedLast
  return hypothesis.length === 0 ? options.forcedFirst : null
}

/**
 * Writes the edits of one row, in Hugging Face's order: repetition penalty, no-repeat n-gram, suppressed sequences and ids,
 * minimum length, ids suppressed at the beginning.
 */
export function edit(rules: Rules, hypothesis: Hypothesis, row: number, sink: EditSink): void {
  const { options, end } = rules
  const { repetitionPenalty, noRepeatNgram, suppressSequences } = options
  if (repetitionPenalty !== 1 || noRepeatNgram > 0 || suppressSequences.length) {
    const history = historyOf(hypothesis)
    if (repetitionPenalty !== 1) for (const id of new Set(history)) sink.penalize(row, id, repetitionPenalty)
    if (noRepeatNgram > 0) for (const id of repeating(history, noRepeatNgram)) sink.set(row, id, -Infinity)
    for (const sequence of suppressSequences)
      if (endsWith(history, hypothesis.length, sequence)) sink.set(row, sequence.at(-1)!, -Infinity)
  }
  for (const id of options.suppress) sink.set(row, id, -Infinity)
  if (hypothesis.length < options.minTokens) sink.set(row, end, -Infinity)
  const first = options.forcedFirst === null ? 0 : 1
  if (hypothesis.length === first) for (const id of options.suppressFirst) sink.set(row, id, -Infinity)
}

/** Ids that would complete an n-gram that the history already has. */
function repeating(history: readonly number[], n: number): number[] {
  const ids: number[] = []
  const tail = history.length - n + 1
  for (let i = 0; i + n <= history.length; i++) {
    let same = true
    for (let j = 0; j < n - 1 && same; j++) same = history[i + j] === history[tail + j]
    if (same) ids.push(history[i + n - 1])
  }
  return ids
}

/** Whether the generated tokens, which are the last `generated` tokens of a history, end with all ids of a sequence except its last. */
function endsWith(history: readonly number[], generated: number, sequence: readonly number[]): boolean {
  const n = sequence.length - 1
  if (generated < n) return false
  for (let j = 0; j < n; j++) if (history[history.length - n + j] !== sequence[j]) return false
  return true
}
