import type { Found } from '../../../engine/decode/search/index.ts'
import type { TokenPair } from '../../../engine/decode/step/index.ts'
import type { SentenceSearch } from '../searches/sentence-search.ts'

/** A text before the sentences of a source, and how a model has translated it. */
export interface ReadContext {
  text: string
  /** The ids of its translation, without the first ones that all translations have, and without ends. */
  target: readonly number[]
}

/** Parts of a model that read sentences behind a context. */
export interface ContextReader {
  /** The ids of a text, its end included. */
  encode(text: string): readonly number[]
  /** The log-probabilities of the ids of each target. */
  score(pairs: readonly TokenPair[]): readonly Float32Array[]
  /** The ids with which translations begin, where there are such: those of languages. */
  first: readonly number[]
  /** The score of a translation from the sum of its log-probabilities. */
  scoreOf(sum: number, length: number): number
  /** The number of hypotheses of a search, and the number of translations that are asked for. */
  beams: number
  alternatives: number
}

/**
 * How much likelier (in log-probability) a translation must be behind the context than that of the sentence alone to
 * take its place. Without it, a text that has nothing to do with the sentence changes more translations.
 */
const CLEARLY = 2

/**
 * Search for a sentence behind a context. The sentence is searched for alone, and as the end of a text that begins with
 * the context and its translation. The hypotheses of both are scored behind the context, and the likeliest comes first:
 * so a context chooses between il and elle, or between terms.
 */
export function* contextSearch(search: SentenceSearch, context: ReadContext, reader: ContextReader): SentenceSearch {
  let step = search.next([])
  while (!step.done) {
    const { text, begin, alternatives = reader.alternatives } = step.value
    if (text === undefined || begin) {
      step = search.next(yield step.value)
      continue
    }
    const input = { ...step.value, alternatives: Math.max(reader.beams, alternatives), isHeld: true }
    const alone = yield input
    const source = reader.encode(`${context.text} ${text}`)
    const first = languageOf(alone[0].ids, reader)
    const behind = yield { ...input, source, begin: [...first, ...context.target] }
    const known = new Set(alone.map(({ ids }) => ids.join()))
    const others = behind.map(({ ids }) => [...first, ...ids]).filter((ids) => !known.has(ids.join()))
    const scores = reader.score(others.map((target) => ({ source: input.source, target })))
    const added = behind.slice(0, others.length).map((each, i): Found => {
      const own = Array.from(scores[i])
      return { ...each, ids: others[i], scores: own, score: reader.scoreOf(sum(own), own.length) }
    })
    step = search.next(ranked([...alone, ...added], source, context, reader).slice(0, alternatives))
  }
  return step.value
}

/** The hypotheses, the likeliest behind the context first; the best one of the sentence alone is the first given. */
function ranked(
  found: readonly Found[],
  source: readonly number[],
  context: ReadContext,
  reader: ContextReader,
): readonly Found[] {
  const pairs = found.map(({ ids }) => {
    const first = languageOf(ids, reader)
    return { source, target: [...first, ...context.target, ...ids.slice(first.length)] }
  })
  const keys = reader.score(pairs).map((scores, i) => {
    const { ids } = found[i]
    const behind = sum(scores.slice(languageOf(ids, reader).length - ids.length))
    return behind + (i === 0 ? CLEARLY : 0)
  })
  return [...keys.keys()].sort((a, b) => keys[b] - keys[a]).map((i) => found[i])
}

/** The id with which a translation begins where translations begin with one: that of a language. */
const languageOf = (ids: readonly number[], { first }: ContextReader): readonly number[] =>
  ids.slice(0, ids.length - withoutFirst(ids, first).length)

/** Ids without the one with which translations begin, where there is such. */
export const withoutFirst = (ids: readonly number[], first: readonly number[]): readonly number[] =>
  first.includes(ids[0]) ? ids.slice(1) : ids

const sum = (values: Iterable<number>) => {
  let total = 0
  for (const value of values) total += value
  return total
}
