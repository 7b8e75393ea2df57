import { rowPlaces, type SourceIds } from '../../base/choices/position-kinds.ts'
import { present } from '../../base/present.ts'
import type { SpecialIds } from '../../engine/model/config/config.ts'
import type { Tokenizer } from '../../language/text/tokenizer/tokenizer.ts'
import type { TracedText } from '../data/trace.ts'

/** The pieces of each side's ids, where the model has a tokenizer; otherwise the ids as text. */
export class TokenNames {
  readonly #tokenizer: Tokenizer | null
  readonly #ids: SpecialIds

  constructor(tokenizer: Tokenizer | null, ids: SpecialIds) {
    this.#tokenizer = tokenizer
    this.#ids = ids
  }

  /** The piece of a source id; the id itself where the tokenizer's vocabulary does not reach it. */
  source(id: number): string {
    return this.#tokenizer && id < this.#tokenizer.sourceSize ? this.#tokenizer.sourcePiece(id) : String(id)
  }

  /** The piece of a target id; −1 is a start represented by a zero vector. */
  target(id: number): string {
    if (id < 0) return '<start>'
    return this.#tokenizer && id < this.#tokenizer.targetSize ? this.#tokenizer.piece(id) : String(id)
  }

  /** The target id with this piece, or that of a word that is one piece; undefined: none. */
  targetId(token: string): number | undefined {
    const size = this.#tokenizer?.targetSize ?? 0
    let ofWord: number | undefined
    for (let id = 0; id < size; id++) {
      const piece = present(this.#tokenizer).piece(id)
      if (piece === token) return id
      if (piece === `▁${token}`) ofWord ??= id
    }
    return ofWord
  }

  /** `text`: the given text; null: the text of the ids. */
  sourceText(ids: SourceIds, text: string | null): TracedText {
    const traced = this.#traced(ids, text ?? this.#decoded(ids, 'source'), (id) => this.source(id))
    return ids.rows ? { ...traced, ...withNumbers(traced.tokens, ids, ids.rows) } : traced
  }

  targetText(ids: readonly number[], text: string | null): TracedText {
    return this.#traced(ids, text ?? this.#decoded(ids, 'target'), (id) => this.target(id))
  }

  #traced(ids: readonly number[], text: string, nameOf: (id: number) => string): TracedText {
    const tokens = ids.map(nameOf)
    const { end, start, padding, sourceStart } = this.#ids
    const outside = new Set<number | null | undefined>([end, start, padding, sourceStart])
    return { text, ids: [...ids], tokens, words: wordsOf(tokens, (i) => outside.has(ids[i])) }
  }

  #decoded(ids: readonly number[], side: 'source' | 'target'): string {
    if (!this.#tokenizer) return ''
    const size = side === 'source' ? this.#tokenizer.sourceSize : this.#tokenizer.targetSize
    const known = ids.filter((id) => id < size)
    return side === 'source' ? this.#tokenizer.decodeSource(known) : this.#tokenizer.decode(known)
  }
}

/** Rows of numbers and their tokens: the number of a row that has one, and else which row it is. */
function withNumbers(
  tokens: readonly string[],
  ids: readonly number[],
  values: Float32Array,
): Pick<TracedText, 'tokens' | 'rows'> {
  const places = rowPlaces(ids)
  const width = values.length / places.length
  const named = [...tokens]
  for (const [row, place] of places.entries())
    named[place] = width === 1 ? String(Number(values[row].toPrecision(3))) : `row ${row}`
  return { tokens: named, rows: { first: places[0], width, values: Array.from(values) } }
}

/**
 * The index of each token's word; −1: none. A word begins with '▁' where a vocabulary has it; otherwise every token is
 * a word, except those that continue after '@@'.
 */
export function wordsOf(tokens: readonly string[], isOutside: (index: number) => boolean): number[] {
  const marked = tokens.some((token) => token.startsWith('▁'))
  let word = -1
  let continuesWord = false
  return tokens.map((token, i) => {
    if (isOutside(i)) return -1
    if (word < 0 || (marked ? token.startsWith('▁') : !continuesWord)) word++
    continuesWord = token.endsWith('@@')
    return word
  })
}
