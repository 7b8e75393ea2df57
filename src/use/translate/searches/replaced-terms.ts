import { present } from '../../../base/present.ts'
import { type Found, penalized, type Term, type TermPlace, termsIn } from '../../../engine/decode/search/index.ts'
import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import { tokenRanges } from './alignment.ts'
import type { PlacedTerm } from './glossary.ts'
import type { Reader } from './protected-search.ts'
import type { SearchInput } from './sentence-search.ts'
import { softAlignment, type Word, wordsOf } from './soft-alignment.ts'

/** Parts of a model that a search for terms uses. */
export interface Aligning extends Pick<Reader, 'decode' | 'decodeSource' | 'codeLength' | 'attention'> {
  /** The ids of words after a space in a translation. */
  encodeTarget(words: string): readonly number[]
  /** The log-probabilities of the first ids of a translation. */
  score(source: readonly number[], begin: readonly number[]): readonly number[]
}

/** Words whose attention to a term is at least this fraction of the largest belong to the translation of the term. */
const BELONGS = 0.7

/** Words of less attention to a term than this, of 1, are not its translation. */
const LEAST = 0.15

/**
 * Words of at most this many letters are mostly articles and pronouns, which attend to the following noun: their
 * attention counts half, unless they attend to nothing more than to the term.
 */
const SHORT = 3

/** The share of its other words that a translation with terms may lose or gain. */
const CHANGED = 0.25

/** Letters with which two forms of one word begin alike. */
const STEM = 4

export type Searching<T = readonly Found[]> = Generator<SearchInput, T, readonly Found[]>

/** A missing term, its place, and the number of tokens of the words that stand there. */
export interface Replacement {
  term: Term
  place: TermPlace
  replaces: number
}

/** A search's settings and its model. */
interface Setting {
  options: GenerationOptions
  model: Aligning
}

/**
 * A translation in which terms take the places of the words that stand there; all else stays. A short word before such a
 * place is chosen anew: “a car” becomes “an automobile”. Among spellings and such words the likeliest translation counts.
 * Null where a term has no place, or cannot stand there.
 */
export function* replacedTerms(
  best: Found,
  terms: readonly Replacement[],
  input: SearchInput,
  { options, model }: Setting,
): Searching<Found | null> {
  const isPlaced = terms.every(({ place, replaces }, i) => replaces > 0 && place.at >= endOf(terms[i - 1]))
  if (!isPlaced || best.finishReason !== 'end') return null
  let ids = best.ids
  let scores: readonly number[] = best.scores
  // From the end, so that the places before stay as they are.
  for (const { term, place, replaces } of [...terms].reverse()) {
    const tail = ids.slice(place.at + replaces)
    const before = articleBefore(ids, place.at, model.decode)
    const isApart = standsApart(ids, place.at, model)
    const fitting = term.spellings.filter((spelling) => (spelling.place === 'after sign') !== isApart)
    const heads = (fitting.length ? fitting : term.spellings).map((spelling) => [
      ...ids.slice(0, place.at),
      ...spelling.ids,
    ])
    if (before >= 0) {
      const begin = ids.slice(0, before)
      const article = model.decode(ids.slice(before, place.at)).trim()
      const replaced = model.decode(ids.slice(place.at, place.at + replaces)).trim()
      const terms = [{ ...term, place: { at: 1, instead: -1 } }]
      const mostTokens = place.at - before + 1 + Math.max(...term.spellings.map(({ ids }) => ids.length))
      const found = yield { ...input, alternatives: options.beams, isHeld: true, begin, mostTokens, terms }
      const other = { a: 'an', an: 'a' }[article]
      for (const { ids: spelled, place } of term.spellings)
        if (other !== undefined && place === 'after space')
          heads.push([...begin, ...model.encodeTarget(other), ...spelled])
      for (const each of found) {
        const head = beginningWith(term, each.ids, article, model.decode)
        if (head && !model.decode(head).toLowerCase().split(/\s+/).includes(replaced.toLowerCase()))
          heads.push([...begin, ...head])
      }
    }
    const wanted = heads
      .map((head) => [...head, ...tail])
      .filter((each) => termsIn(model.decode(each), [term])[0] !== null && isAllowed(each, ids, options))
      .map((each) => ({ ids: each, scores: model.score(input.source, each) }))
    if (!wanted.length) return null
    const scoreOf = (each: { scores: readonly number[] }) => penalized(options, sumOf(each.scores), each.scores.length)
    const agreeing = withFittingArticles(wanted, [term], model.decode)
    ;({ ids, scores } = agreeing.reduce((a, b) => (scoreOf(b) > scoreOf(a) ? b : a)))
  }
  const score = penalized(options, sumOf(scores), Math.max(1, ids.length))
  return { ...best, ids, scores: [...scores], score }
}

const endOf = (term: Replacement | undefined) => (term ? term.place.at + term.replaces : 0)

const sumOf = (scores: readonly number[]) => scores.reduce((a, b) => a + b, 0)

/** Whether options allow the ids of a translation that another one lacks, and its length. */
function isAllowed(ids: readonly number[], before: readonly number[], options: GenerationOptions): boolean {
  const { suppress, suppressSequences, suppressFirst, maxTokens } = options
  const known = new Set(before)
  if (ids.length > (maxTokens ?? Infinity) || suppressFirst.includes(ids[0])) return false
  if (ids.some((id) => !known.has(id) && suppress.includes(id))) return false
  return !suppressSequences.some((sequence) => ids.some((_, i) => sequence.every((id, k) => ids[i + k] === id)))
}

/** Whether white space stands before a token, or nothing. */
const standsApart = (ids: readonly number[], at: number, { decode }: Pick<Aligning, 'decode'>): boolean =>
  at === 0 || /^\s/.test(decode(ids.slice(0, at + 1)).slice(decode(ids.slice(0, at)).length))

/** The first token of a short word before a place, as an article is; -1 where there is none. */
function articleBefore(ids: readonly number[], place: number, decode: Aligning['decode']): number {
  const first = wordsOf(ids.slice(0, place), decode).at(-1)?.first ?? -1
  if (first < 0 || !ARTICLE.test(decode(ids.slice(first, place)))) return -1
  return standsApart(ids, first, { decode }) ? first : -1
}

/** The English article before a term, and whether the term sounds as it asks; null where it is another word, or unsure. */
function articleOf(term: Term, text: string): { article: string; fits: boolean } | null {
  const [range] = termsIn(text, [term])
  const found = range && /(?<![\p{L}\p{M}])(an?)\s+$/iu.exec(text.slice(0, range.start))
  const first = range && /^[a-z]/i.exec(text.slice(range.start, range.end))
  // “hour” and “user” are not as they are spelled.
  if (!found || !first || /^(?:h|u|eu|one)/i.test(text.slice(range.start, range.end))) return null
  const article = found[1].toLowerCase()
  return { article, fits: (article === 'an') === /[aeio]/i.test(first[0]) }
}

/** Without “a eagle”, where “an eagle” is there as well. A language that has not both words loses nothing. */
export function withFittingArticles<T extends { ids: readonly number[] }>(
  all: readonly T[],
  terms: readonly Term[],
  decode: Aligning['decode'],
): readonly T[] {
  return terms.reduce((left, term) => {
    const found = new Map(left.map((each) => [each, articleOf(term, decode(each.ids))]))
    const articles = new Set([...found.values()].flatMap((each) => each?.article ?? []))
    return articles.size < 2 ? left : left.filter((each) => found.get(each)?.fits !== false)
  }, all)
}

const ARTICLE = /^\s*[\p{L}\p{M}]{1,3}['’]?\s*$/u

/**
 * The ids of a continuation up to the end of a term, if one short word stands before it. “L” is no other article than
 * “L'”.
 */
function beginningWith(
  term: Term,
  ids: readonly number[],
  article: string,
  decode: Aligning['decode'],
): readonly number[] | null {
  const lettersOf = (words: string) => words.replace(/['’]/g, '')
  for (let end = 1; end <= ids.length; end++) {
    const text = decode(ids.slice(0, end))
    const [range] = termsIn(text, [term])
    if (!range) continue
    const own = text.slice(0, range.start).trim()
    const isOther = own === article || lettersOf(own) !== lettersOf(article)
    return ARTICLE.test(own) && isOther ? ids.slice(0, end) : null
  }
  return null
}

const isLong = (stem: string) => stem.length > SHORT

/** The places in a translation of other words in the place of missing terms, each in a place of its own. */
export function placed(
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
  const weightsOf = (token: number) => ranges.map((_, s) => weights[token * source.length + codeLength + s])
  const attended = terms.map(({ start, end }) => {
    const isIn = ranges.map((range) => range.start < end && start < range.end)
    return words.map(({ first, after, letters }) => {
      let [most, isSure] = [0, letters > SHORT]
      for (let t = first; t < after; t++) {
        const row = weightsOf(t)
        most = Math.max(most, sumOf(row.filter((_, s) => isIn[s])))
        if (isIn[row.indexOf(Math.max(...row))]) isSure = true
      }
      return isSure ? most : most / 2
    })
  })
  const isPhrase = ({ start, end }: PlacedTerm) => /[\s'’]/.test(text.slice(start, end).trim())
  const taken = new Set<number>()
  const places = new Map<PlacedTerm, Replacement>()
  // The surest first: a word that two terms attend to belongs to the one that attends more.
  const surest = terms.map((term, i) => ({ term, looks: attended[i], most: Math.max(0, ...attended[i]) }))
  for (const { term, looks } of surest.sort((a, b) => b.most - a.most)) {
    const free = looks.map((look, word) => (taken.has(word) ? -1 : look))
    const most = Math.max(-1, ...free)
    const word = free.indexOf(most)
    if (most < LEAST) {
      places.set(term, { term: term.term, place: { at: Math.max(0, target.length - 1), instead: -1 }, replaces: 0 })
      continue
    }
    let [first, last] = [word, word]
    // Articles belong to terms of several words alone.
    const isPart = (each: number) => free[each] >= BELONGS * most && (isPhrase(term) || words[each].letters > SHORT)
    while (first > 0 && isPart(first - 1)) first--
    while (last + 1 < words.length && isPart(last + 1)) last++
    if (first > 0 && beginsAlike(term.term, words[first - 1], { target, decode })) first--
    for (let each = first; each <= last; each++) taken.add(each)
    const at = words[first].first
    const after = withoutClitic(words[last], { target, decode })
    places.set(term, { term: term.term, place: { at, instead: target[at] }, replaces: after - at })
  }
  return terms.map((term) => present(places.get(term)))
}

/** A translation, and how its ids are read. */
interface ReadIds {
  target: readonly number[]
  decode: Aligning['decode']
}

const textOf = ({ first, after }: Word, { target, decode }: ReadIds) => decode(target.slice(first, after)).trim()

/** Whether a term of several words begins with a word, as with the article of “the dwelling”. */
const beginsAlike = ({ text }: Term, word: Word, ids: ReadIds): boolean =>
  text.toLowerCase().startsWith(`${textOf(word, ids).toLowerCase()} `)

/** The end of a word without what is joined to it by an apostrophe: the neighbor of “neighbor's”. */
function withoutClitic(word: Word, { target, decode }: ReadIds): number {
  for (let end = word.first + 1; end < word.after; end++) {
    const [all, part] = [decode(target.slice(word.first, word.after)), decode(target.slice(word.first, end))]
    if (/^['’]/.test(all.slice(part.length))) return end
  }
  return word.after
}

/** Stands in place of a term. */
const TERM_MARK = '\0'
/** A short word directly before a term, with it. */
const BEFORE_TERM = /(?<![\p{L}\p{M}])[\p{L}\p{M}]{1,3}['’]?\s*\0/gu

/**
 * Tells sound translations from damaged ones, which have the model's own words beside the terms, or lack words that have
 * nothing to do with the terms. Articles before terms are the only words of a few letters that may change; endings of
 * other words do not count.
 */
export function soundness(
  { ids: plain }: Found,
  terms: readonly Replacement[],
  decode: Aligning['decode'],
): (found: Found) => boolean {
  const isOwn = (index: number) => terms.some(({ place, replaces }) => index >= place.at && index < place.at + replaces)
  const stemsIn = (text: string) =>
    (text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).map((word) => word.slice(0, STEM))
  const words = wordsOf(plain, decode)
  const stemsOf = (some: readonly Word[]) =>
    some.flatMap(({ first, after }) => stemsIn(decode(plain.slice(first, after))))
  const around = stemsOf(words.filter(({ first }) => !isOwn(first)))
  const own = new Set(stemsOf(words.filter(({ first }) => isOwn(first))).filter((stem) => !around.includes(stem)))
  const others = around.filter(isLong)
  // An article before a term may change, and no other short word: “is” is a verb.
  const shortWords = (marked: string) =>
    stemsIn(marked.replace(BEFORE_TERM, ' '))
      .filter((stem) => !isLong(stem))
      .sort()
      .join(' ')
  const plainMarked = words.map(({ first, after }) =>
    isOwn(first) ? TERM_MARK : decode(plain.slice(0, after)).slice(decode(plain.slice(0, first)).length),
  )
  const short = shortWords(plainMarked.join(''))
  const beginsLarge = /^\P{L}*\p{Lu}/u
  return ({ ids }) => {
    let text = decode(ids)
    if (beginsLarge.test(decode(plain)) && !beginsLarge.test(text)) return false
    const ranges = termsIn(
      text,
      terms.map(({ term }) => term),
    ).filter((range) => range !== null)
    for (const { start, end } of ranges.sort((a, b) => b.start - a.start))
      text = `${text.slice(0, start)} ${TERM_MARK} ${text.slice(end)}`
    const stems = stemsIn(text)
    if (shortWords(text) !== short) return false
    if (stems.length !== around.length || stems.some((stem) => own.has(stem))) return false
    const left = [...others]
    const gained = stems.filter(isLong).filter((stem) => {
      const at = left.indexOf(stem)
      if (at >= 0) left.splice(at, 1)
      return at < 0
    })
    return left.length + gained.length <= CHANGED * others.length
  }
}
