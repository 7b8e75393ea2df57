import { ANY, scriptOf } from './scripts.ts'

const NUL = '\0'

/** A text whose ends no piece crosses: a word, or a part of a word in a single script. */
export interface Unit {
  text: string
  count: number
}

export interface Units {
  /** Distinct units, in a fixed order. */
  units: Unit[]
  /** The characters, which all become pieces, most frequent first, with their counts. */
  characters: [string, number][]
}

export interface CutOptions {
  /** Whether each digit is a unit of its own, as with SentencePiece's `split_digits`. */
  splitDigits?: boolean
  /** The fraction of all characters that the pieces cover; rarer characters have no piece. Default: 1. */
  coverage?: number
}

const DIGIT = /\p{Nd}/u

/**
 * Splits words where no piece can continue: at NUL, which no piece contains, and where the script changes, because
 * SentencePiece's trainer rejects pieces of two scripts. The splits change no segmentation, and reduce the work.
 */
export function cutUnits(
  words: ReadonlyMap<string, number>,
  { splitDigits = false, coverage = 1 }: CutOptions = {},
): Units {
  const counts = new Map<string, number>()
  const characters = covering(charactersOf(words), coverage)
  const known = coverage < 1 ? new Set(characters.map(([character]) => character)) : null
  const isGap = (character: string) => character === NUL || (known !== null && !known.has(character))
  const isSingle = (character: string) => splitDigits && DIGIT.test(character)
  for (const [word, count] of words)
    for (const part of parts(word, isGap, isSingle)) counts.set(part, (counts.get(part) ?? 0) + count)
  const units = [...counts].map(([text, count]) => ({ text, count }))
  units.sort((a, b) => b.count - a.count || compare(a.text, b.text))
  return { units, characters }
}

/** The most frequent characters that make up this fraction of all. */
function covering(characters: [string, number][], share: number): [string, number][] {
  const all = characters.reduce((sum, [, count]) => sum + count, 0)
  let left = share * all
  return characters.filter(([, count]) => {
    left -= count
    return left + count > 0
  })
}

/** Comparison of two texts by code points, which is the same everywhere, unlike the order of a language. */
export function compare(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) return a.codePointAt(i)! - b.codePointAt(i)!
  return a.length - b.length
}

function charactersOf(words: ReadonlyMap<string, number>): [string, number][] {
  const counts = new Map<string, number>()
  for (const [word, count] of words)
    for (const character of word) if (character !== NUL) counts.set(character, (counts.get(character) ?? 0) + count)
  return [...counts].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]))
}

function* parts(
  word: string,
  isGap: (character: string) => boolean,
  isSingle: (character: string) => boolean,
): Generator<string> {
  let begin = 0
  let at = 0
  let script = ANY
  let wasSingle = false
  for (const character of word) {
    const own = scriptOf(character.codePointAt(0)!)
    const gap = isGap(character)
    const single = isSingle(character)
    if (at > begin && (gap || single || wasSingle || (own !== ANY && script !== ANY && own !== script))) {
      yield word.slice(begin, at)
      begin = at
      script = ANY
    }
    at += character.length
    wasSingle = single
    if (gap) begin = at
    else if (own !== ANY) script = own
  }
  if (at > begin) yield word.slice(begin, at)
}
