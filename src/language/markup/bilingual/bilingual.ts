import { findLanguage } from '../../text/languages.ts'

/** The languages of pairs of texts, as people write them. */
export interface PairLanguages {
  source?: string
  target?: string
}

/** A unit of a file that has texts beside their translations. */
export interface BilingualUnit {
  /** The line on which it begins, from 1. */
  line: number
  /** The text and its translation, or the reason why there is none. */
  pair: { source: string; target: string } | string
  /** The unit for checks, whatever its state is; absent where it is not to be translated. */
  checked?: UnitToCheck
}

/** A unit as its file has it, with the names of inline tags, which its texts leave out. */
export interface UnitToCheck {
  source: string
  target: string
  languages: PairLanguages
  tags?: { source: readonly string[]; target: readonly string[] }
}

/**
 * The pair of two texts of a file in the languages that are asked for, which may be those of the file the other way
 * round; or the reason why it is not. Languages that are not known are taken as they are asked for.
 */
export function inLanguages(
  asked: PairLanguages,
  own: PairLanguages,
  source: string,
  target: string,
): BilingualUnit['pair'] {
  const isSame = (wanted: string, code: string) => findLanguage(wanted, [code]) !== undefined
  const fits = (wanted: string | undefined, code: string | undefined) =>
    wanted === undefined || code === undefined || isSame(wanted, code)
  const isOther = (wanted: string | undefined, code: string | undefined) =>
    wanted !== undefined && code !== undefined && isSame(wanted, code)
  if (fits(asked.source, own.source) && fits(asked.target, own.target)) return { source, target }
  const isTurned = isOther(asked.source, own.target) || isOther(asked.target, own.source)
  if (isTurned && fits(asked.source, own.target) && fits(asked.target, own.source))
    return { source: target, target: source }
  const named = [own.source, own.target].filter((code) => code !== undefined).join(' and ')
  return `is in ${named}, not in ${[asked.source, asked.target].filter((code) => code !== undefined).join(' and ')}`
}

/** The line of an index of a text, for indices that come in order. */
export function lineCounter(text: string): (index: number) => number {
  let [line, at] = [1, 0]
  return (index) => {
    for (let end = text.indexOf('\n', at); end >= 0 && end < index; end = text.indexOf('\n', at)) {
      line++
      at = end + 1
    }
    return line
  }
}
