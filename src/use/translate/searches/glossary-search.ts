import { entryOf } from '../../../base/present.ts'
import { type Found, penalized, termsIn } from '../../../engine/decode/search/index.ts'
import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import { type ModelGlossary, NO_TERMS, type SentenceTerms } from './glossary.ts'
import {
  type Aligning,
  placed,
  type Replacement,
  replacedTerms,
  type Searching,
  soundness,
  withFittingArticles,
} from './replaced-terms.ts'
import type { SearchInput, SentenceSearch } from './sentence-search.ts'

/** Largest number of characters of cached glossaries. */
const MOST = 1 << 24

/**
 * Cache of glossaries in the form that a model uses, by the texts of their entries. The least recently used one is
 * dropped first.
 */
export class KeptGlossaries {
  readonly #glossaries = new Map<string, ModelGlossary>()
  #length = 0

  of(text: string, make: () => ModelGlossary): ModelGlossary {
    const known = this.#glossaries.get(text)
    const glossary = known ?? make()
    if (known) this.#glossaries.delete(text)
    else this.#length += text.length
    this.#glossaries.set(text, glossary)
    for (const oldest of this.#glossaries.keys()) {
      if (this.#length <= MOST || oldest === text) break
      this.#glossaries.delete(oldest)
      this.#length -= oldest.length
    }
    return glossary
  }
}

/** Number of tokens before the first term that are generated again, because articles may change before it. */
const AGAIN = 2

/** How much longer the rest of a translation may become by terms, beside their own tokens. */
const LONGER = 1.5

/**
 * Search for translations with the terms of a glossary. A sentence is first translated as it is. If no hypothesis has
 * all terms, the attention of the best one tells which words stand in their place. The terms take the places of these
 * words, and a search with terms continues from there; the better of both counts. A translation that has a term beside
 * the model's own word, or has lost other words, is none: then the sentence stays as it was.
 */
export function* glossarySearch(
  search: SentenceSearch,
  glossary: ModelGlossary,
  options: GenerationOptions,
  model: Aligning,
): SentenceSearch {
  let terms: SentenceTerms = NO_TERMS
  let step = search.next([])
  while (!step.done) {
    const { text = '', isRecased } = step.value
    terms = glossary.termsOf(text, options, isRecased)
    step = search.next(terms.wanted.length ? yield* withTerms(step.value, terms, options, model) : yield step.value)
  }
  return step.value.map((each) => ({ ...each, terms }))
}

function* withTerms(input: SearchInput, terms: SentenceTerms, options: GenerationOptions, model: Aligning): Searching {
  const { alternatives = options.alternatives } = input
  const { places } = terms
  const byLength = [...places].sort((a, b) => b.term.text.length - a.term.text.length)
  const lackingIn = ({ ids }: Found) => {
    const ranges = termsIn(
      model.decode(ids),
      byLength.map(({ term }) => term),
    )
    return places.filter((each) => ranges[byLength.indexOf(each)] === null)
  }
  const found = yield { ...input, alternatives: Math.max(options.beams, alternatives), isHeld: true }
  const plain = sortedBy(found, (each) => 2 * lackingIn(each).length + (each.finishReason === 'end' ? 0 : 1))
  const [best] = plain
  const lacking = lackingIn(best)
  if (!lacking.length) return plain.slice(0, alternatives)
  const all = sortedBy(placed(lacking, best, input, model), ({ place }) => place.at)
  const replaced = yield* replacedTerms(best, all, input, { options, model })
  const begin = best.ids.slice(0, Math.max(0, all[0].place.at - AGAIN))
  const missing = new Set(lacking.map(({ term }) => term))
  const kept = places.map(({ term }) => term).filter((term) => !missing.has(term))
  const more = yield {
    ...input,
    alternatives,
    isHeld: true,
    begin,
    mostTokens: Math.ceil(LONGER * (best.ids.length - begin.length)) + tokensOf(all) + AGAIN,
    terms: [...kept, ...shifted(all).map(({ term, place }) => ({ ...term, place }))],
  }
  const searched = more.map((each) => after(best, begin.length, each, options))
  const isSound = soundness(best, all, model.decode)
  const sound = searched.filter((each) => isSound(each) && each.finishReason === 'end')
  const whole = [...(replaced ? [replaced] : []), ...sound].filter((each) => !lackingIn(each).length)
  const fitting = withFittingArticles(whole, [...missing], model.decode)
  return [...sortedBy(fitting, ({ score }) => -score), ...plain].slice(0, alternatives)
}

const tokensOf = (terms: readonly Replacement[]) =>
  terms.reduce((sum, { term }) => sum + term.spellings[0].ids.length, 0)

/** Places after terms that are longer or shorter than the words that they replace. */
function shifted(terms: readonly Replacement[]): Replacement[] {
  let by = 0
  return terms.map((each) => {
    const moved = { ...each, place: { ...each.place, at: each.place.at + by } }
    by += each.term.spellings[0].ids.length - each.replaces
    return moved
  })
}

/** Terms in a stable order. */
const sortedBy = <T>(list: readonly T[], by: (value: T) => number): T[] => {
  const keys = new Map(list.map((each) => [each, by(each)]))
  return [...list].sort((a, b) => entryOf(keys, a) - entryOf(keys, b))
}

/** The results of a search that continued from the first tokens of another translation. */
function after(first: Found, tokens: number, found: Found, options: GenerationOptions): Found {
  const ids = [...first.ids.slice(0, tokens), ...found.ids]
  const scores = [...first.scores.slice(0, tokens), ...found.scores]
  const sum = scores.reduce((a, b) => a + b, 0)
  return { ...found, ids, scores, score: penalized(options, sum, Math.max(1, ids.length)) }
}
