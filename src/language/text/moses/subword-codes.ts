import { GlassformerError, shownJson } from '../../../base/errors.ts'
import { linesOf } from '../tokenizer/words-tokenizer.ts'

/** The end of a word in the codes, and the end of a piece that another piece of the word follows. */
const END = '</w>'
export const JOINER = '@@'

/** The merges of subword-nmt (Sennrich et al. 2016), and the cut of words by them. */
export class SubwordCodes {
  /** The place of each pair in the list, by its symbols with a space between them. */
  readonly #ranks = new Map<string, number>()
  /** In version 0.1 the end of a word is a symbol of its own; in 0.2 it belongs to the last character. */
  readonly #hasOwnEnd: boolean

  /** @throws GlassformerError ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED for a version other than 0.1 and 0.2 */
  constructor(codes: string, where: string) {
    const version = /^#version:\s*(\S+)\s*\r?$/m.exec(codes.slice(0, 100))?.[1] ?? '0.1'
    if (!/^0\.[12](\.0+)*$/.test(version))
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        `${where}: the codes of subword-nmt have version ${version}; 0.1 and 0.2 are read`,
      )
    this.#hasOwnEnd = version.startsWith('0.1')
    let line = 0
    for (const text of linesOf(codes)) {
      line++
      if (line === 1 && text.startsWith('#version:')) continue
      const pair = text.trim()
      if (!/^[^ ]+ [^ ]+$/.test(pair))
        throw new GlassformerError(
          'ERR_TOKENIZER_FORMAT',
          `${where}: line ${line} is ${shownJson(text.slice(0, 60))}, and not two pieces with a space between them`,
        )
      if (!this.#ranks.has(pair)) this.#ranks.set(pair, line)
    }
  }

  /** The pieces of a word; all but the last end with the joiner. */
  cut(word: string): string[] {
    let pieces = [...word]
    if (pieces.length < 2) return pieces
    if (this.#hasOwnEnd) pieces.push(END)
    else pieces[pieces.length - 1] += END
    for (let pair = this.#first(pieces); pair !== null; pair = this.#first(pieces)) pieces = merged(pieces, pair)
    if (pieces.at(-1) === END) pieces.pop()
    const last = pieces.length - 1
    if (pieces[last].endsWith(END)) pieces[last] = pieces[last].slice(0, -END.length)
    return pieces.map((piece, at) => (at < last ? piece + JOINER : piece))
  }

  /** The pair that the list has first. */
  #first(pieces: readonly string[]): string | null {
    let [first, least]: [string | null, number] = [null, Number.POSITIVE_INFINITY]
    for (let at = 1; at < pieces.length; at++) {
      const pair = `${pieces[at - 1]} ${pieces[at]}`
      const rank = this.#ranks.get(pair) ?? least
      if (rank < least) [first, least] = [pair, rank]
    }
    return first
  }
}

/** The pieces with this pair merged wherever it stands, from the left. */
function merged(pieces: readonly string[], pair: string): string[] {
  const result: string[] = []
  for (let at = 0; at < pieces.length; at++) {
    const isPair = at + 1 < pieces.length && `${pieces[at]} ${pieces[at + 1]}` === pair
    result.push(isPair ? pieces[at] + pieces[++at] : pieces[at])
  }
  return result
}
