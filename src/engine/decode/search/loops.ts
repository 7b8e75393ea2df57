import { present } from '../../../base/present.ts'
import { lazyPattern } from '../../../base/values/lazy-pattern.ts'
import type { Hypothesis } from '../hypotheses/hypothesis.ts'
import type { TokenTexts } from '../hypotheses/token-texts.ts'

/** Longest period in characters. Longer periods are found by their tokens. */
const MOST_CHARACTERS = 24

/** Longest period that is looked for in a source. */
const MOST_OF_SOURCE = 64

/** Number of copies in a row that are no loop yet, whatever the source has. */
const FREE_COPIES = 3

const SPACE = ' '.charCodeAt(0)
const LETTER = lazyPattern(String.raw`\p{L}`, 'u')
const SEPARATORS = lazyPattern(String.raw`[^\p{L}\p{M}\p{N}]+`, 'gu')

/**
 * Pre-check: any period of characters that repeats has at least this many characters in a row that equal those one
 * period before.
 */
const LEAST_RUN = FREE_COPIES

/** A token of at least this many characters is always checked. */
const LONG_TOKEN = 32

/**
 * A repetition in the text of a hypothesis: its beginning, its period, and the number of allowed copies, in characters
 * or tokens.
 */
interface Repetition {
  begin: number
  period: number
  allowed: number
}

const oneToken = () => 1

/**
 * Finds hypotheses that begin to repeat themselves. The last token of such a hypothesis completes a unit (some tokens
 * or a few characters) that stands four times in a row, and more often in a row than any such unit of the source. Units
 * with letters and units without are counted apart.
 */
export class Loops {
  readonly #source: readonly number[]
  readonly #surface: TokenTexts | null
  readonly #length: (hypothesis: Hypothesis) => number
  readonly #last = new Uint16Array(LONG_TOKEN + MOST_CHARACTERS + LEAST_RUN)
  #ofSource: SourceRepeats | null = null

  /** `surface` is null for a model without a tokenizer: only repetitions of ids are then found. */
  constructor(source: readonly number[], surface: TokenTexts | null) {
    this.#source = source
    this.#surface = surface
    this.#length = surface ? ({ id }) => surface.piece(id).length : oneToken
  }

  /**
   * The part of a hypothesis before it repeats itself, with as many copies as the source has; null if its last token
   * completes no loop.
   */
  cut(hypothesis: Hypothesis): Hypothesis | null {
    const ofCharacters = this.#mayRepeatCharacters(hypothesis) ? this.#ofCharacters(hypothesis) : null
    if (ofCharacters) return cutAt(hypothesis, ofCharacters, this.#length)
    const ofTokens = this.#ofTokens(hypothesis)
    return ofTokens && cutAt(hypothesis, ofTokens, oneToken)
  }

  /** The beginning of a live hypothesis that `cut` will keep, whatever follows. */
  certain(hypothesis: Hypothesis): Hypothesis {
    let tokens = 0
    let other = hypothesis
    for (let period = 1; period < hypothesis.length; period++) {
      other = present(other.parent)
      if (other.id === hypothesis.id) tokens = Math.max(tokens, tokenRun(hypothesis, other))
    }
    const byTokens = back(hypothesis, tokens, oneToken)
    if (!this.#surface) return byTokens
    const text = this.#textOf(hypothesis)
    let characters = 0
    for (let period = 1; period <= MOST_CHARACTERS; period++) {
      const run = runBefore(text, text.length, period)
      if (run) characters = Math.max(characters, run + 1)
    }
    const byCharacters = back(hypothesis, characters, this.#length)
    return byTokens.length < byCharacters.length ? byTokens : byCharacters
  }

  #ofTokens(hypothesis: Hypothesis): Repetition | null {
    let other = hypothesis
    for (let period = 1; (FREE_COPIES + 1) * period <= hypothesis.length; period++) {
      other = present(other.parent)
      if (other.id !== hypothesis.id) continue
      const length = tokenRun(hypothesis, other) + period
      if (length < (FREE_COPIES + 1) * period) continue
      const allowed = this.#allowed(this.#textOf(hypothesis, period))
      if (length >= (allowed + 1) * period) return { begin: hypothesis.length - length, period, allowed }
    }
    return null
  }

  /**
   * Whether some characters, up to one in the last token, equal those one period before. Few hypotheses pass this
   * check, and it needs no text.
   */
  #mayRepeatCharacters(hypothesis: Hypothesis): boolean {
    const surface = this.#surface
    if (!surface) return false
    const own = surface.piece(hypothesis.id).length
    if (own > LONG_TOKEN) return true
    const last = this.#last // counted from the end
    const wanted = own + MOST_CHARACTERS + LEAST_RUN - 1
    let count = 0
    for (let node = hypothesis; node.length && count < wanted; node = present(node.parent)) {
      const piece = surface.piece(node.id)
      for (let i = piece.length - 1; i >= 0 && count < wanted; i--) last[count++] = piece.charCodeAt(i)
    }
    for (let period = 1; period <= MOST_CHARACTERS; period++) {
      const end = Math.min(own + LEAST_RUN - 1, count - period)
      for (let i = 0, run = 0; i < end; i++) {
        run = last[i] === last[i + period] ? run + 1 : 0
        if (run >= LEAST_RUN) return true
      }
    }
    return false
  }

  #ofCharacters(hypothesis: Hypothesis): Repetition | null {
    const text = this.#textOf(hypothesis)
    const own = this.#length(hypothesis)
    for (let period = 1; period <= MOST_CHARACTERS; period++)
      for (let end = text.length - own + 1; end <= text.length; end++) {
        const run = runBefore(text, end, period)
        if (run + 1 < FREE_COPIES * period) continue
        const allowed = this.#allowed(text.slice(end - period, end))
        const missing = (allowed + 1) * period - run - period
        if (missing <= 0) return { begin: end - run - period, period, allowed }
        // A word may be repeated even if its first copy has no space before it.
        const lacksSpace = missing === 1 && period > 1 && text.charCodeAt(end - period) === SPACE
        if (lacksSpace) return { begin: end - run - period - 1, period, allowed }
      }
    return null
  }

  /** The number of copies of a unit that may stand in a row. */
  #allowed(unit: string): number {
    this.#ofSource ??= this.#surface ? repeatsOfText(this.#surface.source()) : repeatsOfIds(this.#source)
    const { letters, others } = this.#ofSource
    return Math.max(FREE_COPIES, LETTER().test(unit) ? letters : others)
  }

  /** The text of the last tokens; by default the text of all generated tokens. */
  #textOf(hypothesis: Hypothesis, tokens = hypothesis.length): string {
    if (!this.#surface) return ''
    let text = ''
    for (let node = hypothesis; tokens > 0; tokens--, node = present(node.parent))
      text = this.#surface.piece(node.id) + text
    return text
  }
}

/**
 * The shortest hypothesis whose whole tokens hold the allowed copies; if that would already be a loop, one token less.
 */
function cutAt(
  hypothesis: Hypothesis,
  { begin, period, allowed }: Repetition,
  size: (hypothesis: Hypothesis) => number,
): Hypothesis {
  const wanted = begin + (allowed > FREE_COPIES ? allowed : 1) * period
  let length = 0
  for (let node = hypothesis; node.length; node = present(node.parent)) length += size(node)
  let last = hypothesis
  for (let before = length - size(last); last.length && before >= wanted; before -= size(last)) {
    length = before
    last = present(last.parent)
  }
  return length >= begin + (allowed + 1) * period ? present(last.parent) : last
}

/** The number of characters of a text before `end` that equal those one period before them. */
function runBefore(text: string, end: number, period: number): number {
  let i = end - 1
  while (i >= period && text.charCodeAt(i) === text.charCodeAt(i - period)) i--
  return end - 1 - i
}

/** A hypothesis without its last whole tokens, as many as take up at most `most` characters. */
function back(hypothesis: Hypothesis, most: number, size: (hypothesis: Hypothesis) => number): Hypothesis {
  let last = hypothesis
  for (let left = most; last.length && size(last) <= left; last = present(last.parent)) left -= size(last)
  return last
}

/** The number of tokens up to the end of `a` that equal those up to the end of `b`, which is shorter. */
function tokenRun(a: Hypothesis, b: Hypothesis): number {
  let run = 0
  while (b.length && a.id === b.id) {
    run++
    a = present(a.parent)
    b = present(b.parent)
  }
  return run
}

/** The most copies in a row of any unit with letters, and of any unit without, in a source. */
interface SourceRepeats {
  letters: number
  others: number
}

/** Case and the separators between copies are ignored (“non, non, non”, “1 000 000”). */
function repeatsOfText(source: string): SourceRepeats {
  const text = source.normalize('NFKC').toLowerCase()
  const repeats = { letters: 1, others: 1 }
  for (const variant of new Set([text, text.replace(SEPARATORS(), '')])) {
    eachRepeat(
      variant.length,
      (i) => variant.charCodeAt(i),
      (end, period, run) => {
        // The first or the last copy may lack a space.
        const copies = Math.floor((run + period + (period > 1 ? 1 : 0)) / period)
        if (copies <= Math.min(repeats.letters, repeats.others)) return
        const kind = LETTER().test(variant.slice(end - period, end)) ? 'letters' : 'others'
        repeats[kind] = Math.max(repeats[kind], copies)
      },
    )
  }
  return repeats
}

function repeatsOfIds(ids: readonly number[]): SourceRepeats {
  let most = 1
  eachRepeat(
    ids.length,
    (i) => ids[i],
    (_, period, run) => {
      most = Math.max(most, Math.floor((run + period) / period))
    },
  )
  return { letters: most, others: most }
}

/** Calls back with the end of each run of items that equal those one period before. */
function eachRepeat(
  length: number,
  at: (i: number) => number,
  call: (end: number, period: number, run: number) => void,
): void {
  for (let period = 1; period <= MOST_OF_SOURCE && period < length; period++) {
    let run = 0
    for (let i = period; i <= length; i++) {
      if (i < length && at(i) === at(i - period)) run++
      else {
        if (run) call(i, period, run)
        run = 0
      }
    }
  }
}
