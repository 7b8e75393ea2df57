import { entryOf } from '../../../base/present.ts'
import type { Found } from '../../../engine/decode/search/index.ts'
import { penalized, type Term, type TermPlace, termsIn } from '../../../engine/decode/search/index.ts'
import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import { tokenRanges } from './alignment.ts'
import { type ModelGlossary, NO_TERMS, type PlacedTerm, type SentenceTerms } from './glossary.ts'
import type { Reader } from './protected-search.ts'
import type { SearchInput, SentenceSearch } from './sentence-search.ts'
import { softAlignment } from './soft-alignment.ts'
import { wordsOf } from './target-words.ts'

/** Parts of a model that a search for terms uses. */
export type Aligning = Pick<Reader, 'decode' | 'decodeSource' | 'codeLength' | 'attention'>

/** Number of tokens before the first term that are generated again, because articles may change before it. */
const AGAIN = 2

/** How much longer the rest of a translation may become by terms, beside their own tokens. */
const LONGER = 1.5

/** Words whose attention to a term is at least this fraction of the largest belong to the translation of the term. */
const BELONGS = 0.7

/**
 * Words of at most this many letters are mostly articles and pronouns, which attend to the following noun: their
 * attention counts half.
 */
const SHORT = 3

/**
 * Search for translations with the terms of a glossary. A sentence is first translated as it is. If no hypothesis has
 * all terms, the attention of the best one tells where other words stand in their place, and a search with terms
 * continues from there.
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

type Searching = Generator<SearchInput, readonly Found[], readonly Found[]>

function* withTerms(input: SearchInput, terms: SentenceTerms, options: GenerationOptions, model: Aligning): Searching {
  const { alternatives = options.alternatives } = input
  const { places } = terms
  const lackingIn = ({ ids }: Found) => {
    const list = [...places].sort((a, b) => b.term.text.length - a.term.text.length)
    const ranges = termsIn(
      model.decode(ids),
      list.map(({ term }) => term),
    )
    return places.filter((each) => ranges[list.indexOf(each)] === null)
  }
  let found = yield { ...input, alternatives: Math.max(options.beams, alternatives), isHeld: true }
  const given = new Set<Term>()
  for (let isFirst = true; ; isFirst = false) {
    found = sortedBy(found, (each) => 2 * lackingIn(each).length + (each.finishReason === 'end' ? 0 : 1))
    const [best] = found
    const lacking = lackingIn(best).filter(({ term }) => !given.has(term))
    if (!lacking.length) return found.slice(0, alternatives)
    const all = sortedBy(placed(lacking, best, input, model), ({ place }) => place.at)
    // First one search for all of them; then, where one is still missing, one term after the other.
    const next = isFirst ? shifted(all) : all.slice(0, 1)
    if (!isFirst) given.add(next[0].term)
    const begin = best.ids.slice(0, Math.max(0, next[0].place.at - AGAIN))
    const missing = new Set(lackingIn(best).map(({ term }) => term))
    const kept = places.map(({ term }) => term).filter((term) => !missing.has(term))
    const more = yield {
      ...input,
      alternatives,
      isHeld: true,
      begin,
      mostTokens: Math.ceil(LONGER * (best.ids.length - begin.length)) + tokensOf(next) + AGAIN,
      terms: [...kept, ...next.map(({ term, place }) => ({ ...term, place }))],
    }
    found = [...more.map((each) => behind(best, begin.length, each, options)), ...found]
  }
}

const tokensOf = (terms: readonly Replacement[]) =>
  terms.reduce((sum, { term }) => sum + term.spellings[0].ids.length, 0)

/** Places behind terms that are longer or shorter than the words that they replace. */
function shifted(terms: readonly Replacement[]): Replacement[] {
  let by = 0
  return terms.map(({ term, place, replaces }) => {
    const moved = { term, place: { ...place, at: place.at + by }, replaces }
    by += term.spellings[0].ids.length - replaces
    return moved
  })
}

/** Terms in a stable order. */
const sortedBy = <T>(list: readonly T[], by: (value: T) => number): T[] => {
  const keys = new Map(list.map((each) => [each, by(each)]))
  return [...list].sort((a, b) => entryOf(keys, a) - entryOf(keys, b))
}

/** The results of a search that continued from the first tokens of another translation. */
function behind(first: Found, tokens: number, found: Found, options: GenerationOptions): Found {
  const ids = [...first.ids.slice(0, tokens), ...found.ids]
  const scores = [...first.scores.slice(0, tokens), ...found.scores]
  const sum = scores.reduce((a, b) => a + b, 0)
  return { ...found, ids, scores, score: penalized(options, sum, Math.max(1, ids.length)) }
}

/** A missing term, its place, and the number of tokens of the words that stand there. */
interface Replacement {
  term: Term
  place: TermPlace
  replaces: number
}

/** The places in a translation of other words in the place of missing terms. */
function placed(
  terms: readonly PlacedTerm[],
  { ids: target }: Found,
  { source, text = '' }: SearchInput,
  { decode, decodeSource, codeLength, attention }: Aligning,
): Replacement[] {
  const own = source.slice(codeLength)
  const ranges = tokenRanges(text, own.length, (n) => decodeSource(own.slice(0, n)))
  const isWord = (token: number) => {
    const range = ranges[token - codeLength]
    return range !== undefined && range.end > range.start
  }
  const weights = softAlignment(attention(source, target), isWord)
  const words = wordsOf(target, decode)
  return terms.map(({ term, start, end }) => {
    const looks = words.map(({ first, behind, letters }) => {
      let most = 0
      for (let t = first; t < behind; t++) {
        let sum = 0
        ranges.forEach((range, s) => {
          if (range.start < end && start < range.end) sum += weights[t * source.length + codeLength + s]
        })
        most = Math.max(most, sum)
      }
      return letters <= SHORT ? most / 2 : most
    })
    let word = looks.indexOf(Math.max(...looks))
    if (word < 0) return { term, place: { at: target.length - 1, instead: -1 }, replaces: 0 }
    const least = BELONGS * looks[word]
    const { behind } = words[word]
    while (word > 0 && looks[word - 1] >= least) word--
    const at = words[word].first
    return { term, place: { at, instead: target[at] }, replaces: behind - at }
  })
}
