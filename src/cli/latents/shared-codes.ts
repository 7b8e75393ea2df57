/** A code that several translations have. */
export interface SharedCode {
  code: number
  /** The number of translations that have it. */
  count: number
  /** The first of these, with the tokens of the code in brackets. */
  sentences: string[]
}

/** Gathers translations by their codes. */
export class SharedCodes {
  readonly #most: number
  readonly #of = new Map<number, SharedCode>()

  /** `most`: the sentences that are kept of each code. */
  constructor(most: number) {
    this.#most = most
  }

  /** Adds a translation: its codes, and its pieces, of which each code has `every`. A code that it has twice counts once. */
  add(codes: readonly number[], pieces: readonly string[], every: number): void {
    const own = new Set<number>()
    for (const [i, code] of codes.entries()) {
      if (own.has(code)) continue
      own.add(code)
      const found = this.#of.get(code) ?? { code, count: 0, sentences: [] }
      this.#of.set(code, found)
      found.count++
      if (found.sentences.length < this.#most) found.sentences.push(marked(pieces, i * every, (i + 1) * every))
    }
  }

  /** The codes of two translations and more, the most frequent first. */
  get listed(): SharedCode[] {
    return [...this.#of.values()].filter(({ count }) => count > 1).sort((a, b) => b.count - a.count || a.code - b.code)
  }
}

/** The text of pieces, with some of them in brackets. */
function marked(pieces: readonly string[], begin: number, end: number): string {
  const text = (some: readonly string[]) => some.join('').replaceAll('\u2581', ' ')
  const inner = text(pieces.slice(begin, end))
  const before = text(pieces.slice(0, begin))
  const space = inner.startsWith(' ') && before !== '' ? ' ' : ''
  return `${before}${space}[${inner.trimStart()}]${text(pieces.slice(end))}`.trim()
}
