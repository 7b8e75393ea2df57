import type { Pair } from '../pairs/corpus.ts'
import type { Random } from '../state/random.ts'
import { Case, type LanguagePair } from './case.ts'
import { type CopiedToken, CopiedTokens, type Expressible, randomNumber, UNNUMBERED } from './copied-tokens.ts'
import type { CorpusWords } from './corpus-words.ts'
import { withoutAccents, withTypos } from './letters.ts'
import { Names } from './names.ts'
import { type Addition, added } from './places.ts'
import type { Augmentation } from './settings.ts'
import { type Filling, filled, type Slot } from './slot.ts'
import { slotsOf } from './slots.ts'
import { hasTokenCharacters, TokenCharacters } from './token-characters.ts'

/** Facts about the pairs and the model that augmentation depends on, apart from the rates. */
export interface Knowledge {
  words: CorpusWords
  /** Names from a list; default: none. */
  nameList?: readonly string[]
  languages: LanguagePair
  expressible: Expressible
}

type CaseChange = 'capitals' | 'title' | 'lower' | null

const STOP = /[ \u00a0\u202f]?[.。]$/
const PLAIN_STOP = /[^.。][ \u00a0\u202f]?[.。]$/

/**
 * Augments pairs. The result depends only on the pair, the rates, the facts about pairs and model, and the random
 * numbers.
 */
export class Augmenter {
  readonly #rates: Augmentation
  readonly #words: CorpusWords
  readonly #case: Case
  readonly #names: Names
  readonly #tokens: CopiedTokens
  readonly #placeholders: number
  readonly #languages: LanguagePair

  constructor(rates: Augmentation, { words, nameList, languages, expressible }: Knowledge) {
    this.#rates = rates
    this.#words = words
    this.#case = new Case(words, languages)
    this.#names = new Names(words, nameList)
    this.#tokens = new CopiedTokens(this.#names, expressible)
    this.#placeholders = expressible.placeholders
    this.#languages = languages
  }

  /** The number of following pairs that are joined to a pair: mostly 0. */
  joined(random: Random): number {
    return random.uniform() < this.#rates.joined ? 1 + random.below(2) : 0
  }

  /** Joins some pairs, one after the other, and augments the result. */
  roughened(pairs: readonly Pair[], random: Random): Pair {
    const change = this.#caseChange(random)
    const characters = new TokenCharacters()
    const parts = pairs.map((pair) => {
      const other = this.#withOthers(pair, characters, random)
      return change === 'lower' ? this.#case.lower(other) : other
    })
    let pair = parts.reduce((before, next) => ({
      source: behind(before.source, next.source),
      target: behind(before.target, next.target),
    }))
    if (change === 'capitals' || change === 'title') pair = this.#case[change](pair)
    if (this.#happens('withoutStop', random)) pair = withoutStop(pair)
    if (this.#happens('withoutAccents', random)) pair = { ...pair, source: withoutAccents(pair.source, pair.target) }
    if (this.#happens('typos', random)) pair = { ...pair, source: withTypos(pair.source, pair.target, random) }
    return characters.replaced(pair)
  }

  #happens(name: Exclude<keyof Augmentation, 'nameList'>, random: Random): boolean {
    return random.uniform() < this.#rates[name]
  }

  #caseChange(random: Random): CaseChange {
    let drawn = random.uniform()
    for (const change of ['capitals', 'title', 'lower'] as const) {
      drawn -= this.#rates[change]
      if (drawn < 0) return change
    }
    return null
  }

  /** A pair in which names and numbers are replaced, or a token to be copied is added. */
  #withOthers(pair: Pair, characters: TokenCharacters, random: Random): Pair {
    const renamed = this.#happens('names', random)
    const renumbered = this.#happens('numbers', random)
    const copied = this.#happens('copied', random)
    if (!renamed && !renumbered && !copied) return pair
    const slots = slotsOf(pair, this.#words, this.#languages)
    const fillings = slots.map((slot): Filling | null => {
      if (slot.kind === 'name' && renamed) return always(this.#otherName(pair, slot, random))
      return slot.kind === 'number' && renumbered ? always(randomNumber(random)) : null
    })
    if (!copied || hasTokenCharacters(pair.source) || hasTokenCharacters(pair.target))
      return filled(pair, slots, fillings)
    return this.#withCopied(pair, slots, fillings, characters, random)
  }

  #otherName({ source }: Pair, slot: Slot, random: Random): string | null {
    return this.#names.instead(source.slice(slot.source.at, slot.source.end), random)
  }

  /** A pair with one to three tokens to be copied: mostly in slots, or added at its ends. */
  #withCopied(
    pair: Pair,
    slots: readonly Slot[],
    fillings: (Filling | null)[],
    characters: TokenCharacters,
    random: Random,
  ): Pair {
    const free = new Set(slots.keys())
    const additions: Addition[] = []
    for (let left = random.below(3) ? 1 : 2 + random.below(2); left > 0; left--) {
      const token = this.#tokens.draw(random)
      const copied = this.#marks(token, characters)
      if (!copied) continue
      const { kind } = token
      const fitting = [...free].filter((k) => kind !== 'number' || slots[k].kind !== 'word')
      if (!fitting.length || !random.below(4)) {
        additions.push({ kind, copied })
        continue
      }
      const chosen = fitting[random.below(fitting.length)]
      free.delete(chosen)
      const before = fillings[chosen]
      fillings[chosen] = kind === 'tag' ? (text) => copied[0] + (before?.(text) ?? text) + copied[1] : always(copied[0])
    }
    const all = filled(pair, slots, fillings)
    return additions.reduce((before, addition) => added(before, addition, this.#case, random), all)
  }

  /**
   * Private characters that represent a token until case and letters have changed; null if there are no placeholders
   * left.
   */
  #marks({ kind, texts }: CopiedToken, characters: TokenCharacters): readonly string[] | null {
    // Names and numbers are words like others, whose case changes too.
    if (kind === 'name' || kind === 'number') return texts
    const unnumbered = texts.filter((text) => text === UNNUMBERED).length
    return unnumbered && characters.placeholders + unnumbered > this.#placeholders ? null : characters.add(texts)
  }
}

const always = (text: string | null): Filling | null => (text === null ? null : () => text)

/** Joins two texts. No space follows a full stop that is as wide as a Chinese character. */
const behind = (before: string, next: string) => (/[。！？]$/.test(before) ? before + next : `${before} ${next}`)

/** Both sides without a full stop at their ends, if both end with a separate one. */
function withoutStop({ source, target }: Pair): Pair {
  if (!PLAIN_STOP.test(source) || !PLAIN_STOP.test(target)) return { source, target }
  return { source: source.replace(STOP, ''), target: target.replace(STOP, '') }
}
