import { lazyPattern } from '../../../base/values/lazy-pattern.ts'
import type { Found } from '../../../engine/decode/search/index.ts'
import { tokenRanges } from './alignment.ts'
import type { Aligning } from './replaced-terms.ts'
import type { SentenceSearch } from './sentence-search.ts'
import { softAlignment, wordsOf } from './soft-alignment.ts'

/** A translation that people have made of a text like the source. */
export interface SimilarUnit {
  source: string
  target: string
}

/** Parts of a model that begin a search as another translation begins. */
export interface Beginning extends Omit<Aligning, 'codeLength'> {
  /** The ids of a source, and of a target, their ends included. */
  encode(source: string): readonly number[]
  encodeTarget(target: string): readonly number[]
  scoreOf(sum: number, length: number): number
}

/** A word belongs to the part of a source where at least this share of its attention is. */
const BELONGS = 0.5

/**
 * Search for a sentence of which a memory has a similar one. As far as both begin alike, the translation begins as that
 * of the memory: with the words that attend to that part.
 */
export function* begunSearch(search: SentenceSearch, unit: SimilarUnit, model: Beginning): SentenceSearch {
  let begun = ''
  let step = search.next([])
  while (!step.done) {
    const { text, begin: known } = step.value
    const begin = text === undefined || known ? [] : beginningOf(text, unit, model)
    if (!begin.length) {
      step = search.next(yield step.value)
      continue
    }
    const scores = model.score(step.value.source, begin)
    const found = yield { ...step.value, begin, isHeld: true }
    begun = model.decode(begin)
    step = search.next(found.map((each) => after(begin, scores, each, model)))
  }
  return begun === '' ? step.value : step.value.map((each) => ({ ...each, begun }))
}

function after(begin: readonly number[], before: readonly number[], found: Found, model: Beginning): Found {
  const scores = [...before, ...found.scores]
  const sum = scores.reduce((a, b) => a + b, 0)
  return { ...found, ids: [...begin, ...found.ids], scores, score: model.scoreOf(sum, scores.length) }
}

/** The first ids of a unit's translation that belong to what its source and a text have in common at the beginning. */
function beginningOf(text: string, unit: SimilarUnit, model: Beginning): readonly number[] {
  const common = commonBeginning(text, unit.source)
  if (common === 0) return []
  const source = model.encode(unit.source)
  const target = model.encodeTarget(unit.target)
  const ranges = tokenRanges(unit.source, source.length, (n) => model.decodeSource(source.slice(0, n)))
  const isWord = (token: number) => ranges[token].end > ranges[token].start
  const weights = softAlignment(model.attention(source, target), isWord)
  let end = 0
  for (const { first, after } of wordsOf(target, model.decode)) {
    let [within, all] = [0, 0]
    for (let t = first; t < after; t++)
      ranges.forEach((range, s) => {
        const weight = weights[t * source.length + s]
        all += weight
        if (range.end <= common) within += weight
      })
    if (within < BELONGS * all) break
    end = after
  }
  return target.slice(0, end)
}

const WORD = lazyPattern(String.raw`[\p{L}\p{M}\p{N}]`, 'u')

/** The number of characters with which both texts begin, up to the end of a word in both. */
function commonBeginning(a: string, b: string): number {
  let end = 0
  while (end < a.length && end < b.length && a[end] === b[end]) end++
  const cuts = (text: string) => end > 0 && WORD().test(text[end - 1]) && end < text.length && WORD().test(text[end])
  while (cuts(a) || cuts(b)) end--
  return end
}
