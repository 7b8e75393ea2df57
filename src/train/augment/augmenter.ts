import type { Pair } from '../data/corpus.ts'
import type { Random } from '../random.ts'
import { Case, type Languages } from './case.ts'
import { CopiedTokens, type Expressible, randomNumber } from './copied-tokens.ts'
import type { CorpusWords } from './corpus-words.ts'
import { withoutAccents, withTypos } from './letters.ts'
import { Names } from './names.ts'
import { added, inPlaceOf } from './places.ts'
import type { Augmentation } from './settings.ts'
import { filled, nameSlots, numberSlots, type Slot } from './slots.ts'
import { hasStandIns, StandIns } from './stand-ins.ts'

/** What is known of the pairs and of the model, beside the rates. */
export interface Knowledge {
  words: CorpusWords
  /** Names of a list; default: none. */
  nameList?: readonly string[]
  languages: Languages
  expressible: Expressible
}

type CaseChange = 'capitals' | 'title' | 'lower' | null

const STOP = /[ \u00a0\u202f]?[.。]$/
const PLAIN_STOP = /[^.。][ \u00a0\u202f]?[.。]$/

/** Makes pairs rougher. What it does to a pair depends on the pair, the rates, what is known, and the random numbers alone. */
export class Augmenter {
  readonly #rates: Augmentation
  readonly #words: CorpusWords
  readonly #case: Case
  readonly #names: Names
  readonly #tokens: CopiedTokens
  readonly #placeholders: number

  constructor(rates: Augmentation, { words, nameList, languages, expressible }: Knowledge) {
    this.#rates = rates
    this.#words = words
    this.#case = new Case(words, languages)
    this.#names = new Names(words, nameList)
    this.#tokens = new CopiedTokens(this.#names, expressible)
    this.#placeholders = expressible.placeholders
  }

  /** How many of the next pairs are joined with a pair: mostly none. */
  joined(random: Random): number {
    return random.uniform() < this.#rates.joined ? 1 + random.below(2) : 0
  }

  /** One pair made of some, one behind the other, and rougher. */
  roughened(pairs: readonly Pair[], random: Random): Pair {
    const change = this.#caseChange(random)
    const standIns = new StandIns()
    const parts = pairs.map((pair) => {
      const other = this.#withOthers(pair, standIns, random)
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
    return standIns.replaced(pair)
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

  /** A pair with other names and numbers, or something that is to be copied. */
  #withOthers(pair: Pair, standIns: StandIns, random: Random): Pair {
    const change = {
      name: this.#happens('names', random),
      number: this.#happens('numbers', random),
      copied: this.#happens('copied', random),
    }
    if (!change.name && !change.number && !change.copied) return pair
    const slots = [...nameSlots(pair, (word) => this.#words.isName(word)), ...numberSlots(pair)]
    const texts = slots.map(({ kind, text }) => (change[kind] ? this.#other(kind, text, random) : text))
    if (!change.copied || hasStandIns(pair.source) || hasStandIns(pair.target)) return filled(pair, slots, texts)
    return this.#withCopied(pair, slots, texts, standIns, random)
  }

  #other(kind: Slot['kind'], text: string, random: Random): string {
    return kind === 'number' ? randomNumber(random) : (this.#names.instead(text, random) ?? text)
  }

  #withCopied(pair: Pair, slots: readonly Slot[], texts: string[], standIns: StandIns, random: Random): Pair {
    const token = this.#tokens.draw(random)
    const unnumbered = token.texts.filter((text) => text === '').length
    const fits = standIns.placeholders + unnumbered <= this.#placeholders
    const marks = unnumbered && !fits ? null : standIns.add(token.texts)
    if (!marks) return filled(pair, slots, texts)
    // Names and numbers are words like others: case changes them too.
    const copied = token.kind === 'name' || token.kind === 'number' ? token.texts : marks
    if (slots.length && random.below(4)) {
      const at = random.below(slots.length)
      return filled(pair, slots, texts.with(at, inPlaceOf(texts[at], token.kind, copied)))
    }
    return added(filled(pair, slots, texts), token.kind, copied, this.#case, random)
  }
}

/** A text behind another; there is no space behind a full stop that is as wide as a character of Chinese. */
const behind = (before: string, next: string) => (/[。！？]$/.test(before) ? before + next : `${before} ${next}`)

/** Both sides without a full stop at their ends, where both have one that stands alone. */
function withoutStop({ source, target }: Pair): Pair {
  if (!PLAIN_STOP.test(source) || !PLAIN_STOP.test(target)) return { source, target }
  return { source: source.replace(STOP, ''), target: target.replace(STOP, '') }
}
