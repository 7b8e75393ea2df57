import { placeholder } from '../../../language/text/tokenizer/placeholders.ts'
import type { Pair } from '../pairs/corpus.ts'
import type { Random } from '../state/random.ts'
import { Case, type LanguagePair } from './case.ts'
import { type CopiedToken, CopiedTokens, type Expressible, randomNumber, UNNUMBERED } from './copied-tokens.ts'
import type { CorpusWords } from './corpus-words.ts'
import { Names } from './names.ts'
import type { Augmentation } from './settings.ts'
import { type Filling, filled, type Slot } from './slot.ts'
import { slotsOf } from './slots.ts'

// Insertion of tokens to be copied into a pair, at the same place on both sides.

/** A mark at the end of a sentence, and the space that some languages write before it. */
const ENDING = /[ \u00a0\u202f]?[.!?…。！？]+$/u

const both = ({ source, target }: Pair, change: (text: string) => string): Pair => ({
  source: change(source),
  target: change(target),
})

const beforeEnding = (text: string, added: string) => {
  const at = ENDING.exec(text)?.index ?? text.length
  return text.slice(0, at) + added + text.slice(at)
}

/** The text of an added token on each side. */
interface Addition {
  kind: CopiedToken['kind']
  copied: readonly string[]
}

/** A pair with a token added at the beginning or the end of both sides. */
function added(pair: Pair, { kind, copied }: Addition, inCase: Case, random: Random): Pair {
  if (kind === 'tag') return inTags(pair, copied, random)
  const [token] = copied
  const isCalled = kind === 'name' || kind === 'placeholder'
  switch (random.below(isCalled ? 8 : 5)) {
    case 0:
      return both(pair, (text) => `${token} ${text}`)
    case 1:
      return both(pair, (text) => beforeEnding(text, ` ${token}`))
    case 2:
      return both(pair, (text) => beforeEnding(text, ` (${token})`))
    case 3:
      return both(pair, (text) => `${text} ${token}`)
    case 4:
      return both(pair, (text) => `${token} - ${text}`)
    case 5:
      return both(inCase.within(pair), (text) => `${token}, ${text}`)
    default:
      return both(pair, (text) => beforeEnding(text, `, ${token}`))
  }
}

/** A pair in tags, which enclose or exclude the marks at its ends. */
function inTags(pair: Pair, [open, close]: readonly string[], random: Random): Pair {
  if (random.below(2)) return both(pair, (text) => open + text + close)
  return both(pair, (text) => open + beforeEnding(text, close))
}

// Changes of letters in a source, like those of people who type. Words that also stand in the target stay as they are,
// because they are copied.

const WORD = /\p{L}[\p{L}\p{M}]*/gu

const wordsOf = (text: string) => new Set(text.toLowerCase().match(WORD))

/** A text without the accents of Latin letters, and with oe and ae in place of their ligatures. */
function withoutAccents(source: string, target: string): string {
  const shared = wordsOf(target)
  return source.replace(WORD, (word) => (shared.has(word.toLowerCase()) ? word : plain(word)))
}

const ligatures: Record<string, string> = { œ: 'oe', Œ: 'Oe', æ: 'ae', Æ: 'Ae' }

const plain = (word: string): string =>
  word
    .normalize('NFD')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .normalize('NFC')
    .replace(/[œŒæÆ]/g, (letter) => ligatures[letter])

/** Shortest length of a word with typing errors. */
const LEAST = 4

/** A text with one or two typing errors. */
function withTypos(source: string, target: string, random: Random): string {
  const shared = wordsOf(target)
  const places = [...source.matchAll(WORD)].filter(
    ([word]) => [...word].length >= LEAST && !shared.has(word.toLowerCase()),
  )
  const chosen = random.shuffle(places).slice(0, 1 + random.below(2))
  let text = source
  for (const { 0: word, index } of chosen.sort((a, b) => b.index - a.index))
    text = text.slice(0, index) + mistyped(word, random) + text.slice(index + word.length)
  return text
}

/** A word in which two neighboring letters are swapped, or one is doubled or left out. The first letter stays. */
function mistyped(word: string, random: Random): string {
  const letters = [...word]
  const at = 1 + random.below(letters.length - 2)
  const kind = random.below(3)
  if (kind === 0) letters.splice(at, 2, letters[at + 1], letters[at])
  else if (kind === 1) letters.splice(at, 0, letters[at])
  else letters.splice(at, 1)
  return letters.join('')
}

const FIRST = 0xe000
const MOST = 64
const TOKEN_CHARACTER = /[\ue000-\ue03f]/g

/** Whether a text contains the private characters that are used for tokens here. */
const hasTokenCharacters = (text: string): boolean => text.search(TOKEN_CHARACTER) >= 0

/**
 * Tokens that are represented in a pair by one private character each, so that changes of letters do not affect them.
 */
class TokenCharacters {
  readonly #texts: string[] = []

  /** The number of placeholders. */
  get placeholders(): number {
    return this.#texts.filter((text) => text === UNNUMBERED).length
  }

  /** The characters that represent these texts; null if there are too many. */
  add(texts: readonly string[]): string[] | null {
    if (this.#texts.length + texts.length > MOST) return null
    return texts.map((text) => String.fromCharCode(FIRST + this.#texts.push(text) - 1))
  }

  /**
   * The pair with the texts in place of the characters. Placeholders are numbered from 1 in the order of the source.
   */
  replaced({ source, target }: Pair): Pair {
    if (!this.#texts.length) return { source, target }
    const numbered = [...this.#texts]
    let number = 0
    const textOf = (character: string) => {
      const at = character.charCodeAt(0) - FIRST
      if (numbered[at] === UNNUMBERED) numbered[at] = placeholder(++number)
      return numbered[at]
    }
    return { source: source.replace(TOKEN_CHARACTER, textOf), target: target.replace(TOKEN_CHARACTER, textOf) }
  }
}

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
      source: after(before.source, next.source),
      target: after(before.target, next.target),
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
const after = (before: string, next: string) => (/[。！？]$/.test(before) ? before + next : `${before} ${next}`)

/** Both sides without a full stop at their ends, if both end with a separate one. */
function withoutStop({ source, target }: Pair): Pair {
  if (!PLAIN_STOP.test(source) || !PLAIN_STOP.test(target)) return { source, target }
  return { source: source.replace(STOP, ''), target: target.replace(STOP, '') }
}
