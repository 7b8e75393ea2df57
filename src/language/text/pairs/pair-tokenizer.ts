import { present } from '../../../base/present.ts'
import { isJsonObject } from '../../../formats/json/json-text.ts'
import { AddedTokens, type TextPart } from '../hub/added-tokens.ts'
import { Spec } from '../hub/spec.ts'
import { fitting } from '../hub/template.ts'
import { tokenizerJson, type WordPipeline, wellFormed } from '../hub/tokenizer-json.ts'
import {
  type AlignedNormalize,
  type AlignedText,
  type AlignedWords,
  aligned,
  alignedNormalizer,
  alignedWords,
  part,
  rangeOf,
} from './aligned-text.ts'
import { readTypedTemplate, type TypedTemplate } from './pair-template.ts'

/** Which text is cut when one or two are too long: the longer one, token by token, or the one named. */
export type Truncation = 'longest_first' | 'only_first' | 'only_second'

export interface PairOptions {
  /** The most ids, those around the texts included. */
  maxLength?: number
  truncation?: Truncation
}

/** The ids of one text or two with those around them, and the segment of each. */
export interface PairIds {
  ids: number[]
  types: number[]
  /** Whether ids were left out. */
  truncated: boolean
}

/** One token of a text, and the range of the text that it stands for, in code units. */
export interface PlacedToken {
  id: number
  begin: number
  end: number
  /** The number of the word in which it lies, counted from 0 in each text. */
  word: number
}

/** The same with the place of each token: null for the ids around texts. */
export interface PlacedPair extends PairIds {
  tokens: ({ text: 0 | 1 } & PlacedToken)[]
  /** For each id the index in `tokens`; −1 for ids around texts. */
  places: number[]
}

/** A tokenizer of one text or a pair of texts, as tokenizer.json describes it; ids, segments and offsets equal those of the tokenizers library. */
export class PairTokenizer {
  readonly pipeline: WordPipeline
  readonly template: TypedTemplate
  readonly #special: ReadonlySet<string>
  readonly #added: AddedTokens
  readonly #normalize: AlignedNormalize
  readonly #words: AlignedWords

  /** `lowers`: letters become small before everything else (`do_lower_case` of sentence-transformers). */
  constructor(given: unknown, where: string, lowers = false) {
    const json = lowers ? lowering(given) : given
    const spec = new Spec(json, where, '')
    this.pipeline = tokenizerJson(json, where)
    this.template = readTypedTemplate(spec.part('post_processor'))
    this.#normalize = alignedNormalizer(spec.part('normalizer'))
    this.#words = alignedWords(spec.part('pre_tokenizer'))
    this.#added = new AddedTokens(this.pipeline.added, (text) => text)
    this.#special = new Set(this.pipeline.added.filter(({ special }) => special).map(({ content }) => content))
  }

  get size(): number {
    return this.pipeline.tokens.length
  }

  /** The id of a token; undefined where the vocabulary lacks it. */
  idOf(token: string): number | undefined {
    const id = this.pipeline.tokens.indexOf(token)
    return id < 0 ? undefined : id
  }

  /** The token of an id; '' where it has none. */
  token(id: number): string {
    return this.pipeline.tokens[id] ?? ''
  }

  isSpecial(id: number): boolean {
    return this.#special.has(this.token(id))
  }

  /**
   * Whether a token goes on with the word before it, as the token-classification pipeline of transformers sees it: by the prefix of such tokens, or
   * by the spaces of the text.
   */
  continuesWord({ id, begin, end }: PlacedToken, text: string): boolean {
    if (this.pipeline.continues) return this.token(id).length !== end - begin
    return begin > 0 && !text.slice(begin - 1, begin + 1).includes(' ')
  }

  /** How many ids stand around one text, or around two. */
  around(isPair: boolean): number {
    return this.template[isPair ? 'pair' : 'single'].filter(({ place }) => typeof place === 'number').length
  }

  /** The ids of a text alone. */
  idsOf(text: string): number[] {
    return this.pipeline.idsOf(text)
  }

  /** An empty second text counts as none, as in Python. */
  encode(text: string, pair?: string, options: PairOptions = {}): PairIds {
    return this.joined(this.idsOf(text), pair ? this.idsOf(pair) : undefined, options)
  }

  /** The ids of texts in the template, cut where they are too long. */
  joined(first: readonly number[], second: readonly number[] | undefined, options: PairOptions = {}): PairIds {
    const [one, other] = this.#kept(first.length, second?.length, options)
    const ids: number[] = []
    const types: number[] = []
    for (const { place, type } of this.template[second ? 'pair' : 'single']) {
      const own =
        typeof place === 'number' ? [place] : place === 'first' ? first.slice(0, one) : present(second).slice(0, other)
      for (const id of own) {
        ids.push(id)
        types.push(type)
      }
    }
    return { ids, types, truncated: one < first.length || other < (second?.length ?? 0) }
  }

  /** The same with offsets. */
  place(text: string, pair?: string, options: PairOptions = {}): PlacedPair {
    const first = this.tokensOf(text)
    return this.placed(first, pair ? this.tokensOf(pair) : undefined, options)
  }

  /** Tokens of texts in the template. */
  placed(
    first: readonly PlacedToken[],
    second: readonly PlacedToken[] | undefined,
    options: PairOptions = {},
  ): PlacedPair {
    const ids = this.joined(
      first.map(({ id }) => id),
      second?.map(({ id }) => id),
      options,
    )
    const [one, other] = this.#kept(first.length, second?.length, options)
    const tokens: PlacedPair['tokens'] = []
    const places: number[] = []
    for (const { place } of this.template[second ? 'pair' : 'single']) {
      if (typeof place === 'number') places.push(-1)
      else {
        const own = place === 'first' ? first.slice(0, one) : present(second).slice(0, other)
        for (const token of own) {
          places.push(tokens.length)
          tokens.push({ text: place === 'first' ? 0 : 1, ...token })
        }
      }
    }
    return { ...ids, tokens, places }
  }

  #kept(
    first: number,
    second: number | undefined,
    { maxLength, truncation = 'longest_first' }: PairOptions,
  ): [number, number] {
    if (maxLength === undefined) return [first, second ?? 0]
    const { single, pair } = this.template
    if (truncation === 'longest_first' || second === undefined) {
      const plain = { single: single.map(({ place }) => place), pair: pair.map(({ place }) => place) }
      return fitting(plain, maxLength, first, second)
    }
    const room = Math.max(0, maxLength - this.around(true))
    return truncation === 'only_first'
      ? [Math.max(0, Math.min(first, room - second)), second]
      : [first, Math.max(0, Math.min(second, room - first))]
  }

  /** The tokens of a text alone, with their places. */
  tokensOf(text: string): PlacedToken[] {
    const formed = wellFormed(text)
    const tokens: PlacedToken[] = []
    let word = 0
    for (const piece of this.#split(formed)) {
      const own = 'id' in piece ? null : piece
      if (own === null) {
        const { id, begin, end } = piece as { id: number; begin: number; end: number }
        tokens.push({ id, begin, end, word: word++ })
        continue
      }
      const { text: between, begin } = own
      const normalized = this.#normalize(aligned(between, begin))
      for (const one of this.#words(normalized, begin === 0)) {
        if (one.text === '') continue
        for (const found of this.#tokensOfWord(one)) tokens.push({ ...this.#trimmed(found, formed), word })
        word++
      }
    }
    return tokens
  }

  /** Added tokens with their ranges, and texts between. */
  #split(text: string): (TextPart | { id: number; begin: number; end: number })[] {
    const parts = this.#added.split(text)
    let at = 0
    return parts.map((piece, i) => {
      if (!('id' in piece)) {
        at = piece.begin + piece.text.length
        return piece
      }
      const next = parts.slice(i + 1).find((other) => 'begin' in other) as { begin: number } | undefined
      const content = this.token(piece.id)
      const begin = Math.max(at, text.indexOf(content, at))
      // Spaces that a token takes with it belong to its range.
      const spare = parts[i + 1] && 'begin' in parts[i + 1] ? present(next).begin : begin + content.length
      const found = { id: piece.id, begin: Math.min(at, begin), end: Math.max(begin + content.length, spare) }
      at = found.end
      return found
    })
  }

  *#tokensOfWord(word: AlignedText): Iterable<{ id: number; begin: number; end: number }> {
    const ids = this.pipeline.idsOfWord(word.text)
    const texts = ids.map((id) => this.pipeline.spelling(id))
    let at = 0
    for (const [i, id] of ids.entries()) {
      const text = texts[i]
      let to = text === null ? endOfUnknown(word.text, at, texts.slice(i + 1)) : at + text.length
      to = Math.min(to, word.text.length)
      const [begin, end] = rangeOf(part(word, at, to)) ?? [word.begin[at] ?? 0, word.begin[at] ?? 0]
      yield { id, begin, end }
      at = to
    }
  }

  /** Without the white space at the ends, where the template says so. */
  #trimmed({ id, begin, end }: { id: number; begin: number; end: number }, text: string) {
    if (!this.template.trimsOffsets) return { id, begin, end }
    let [from, to] = [begin, end]
    while (from < to && /\p{White_Space}/u.test(text[from])) from++
    while (to > from && /\p{White_Space}/u.test(text[to - 1])) to--
    return { id, begin: from, end: to }
  }

  /** The text of ids; special ones are left out unless they are asked for. */
  decode(ids: readonly number[], special = false): string {
    const tokens = ids.map((id) => this.token(id)).filter((token) => token !== '')
    const isSpecial = (token: string) => this.#special.has(token)
    return this.pipeline.textOf(special ? tokens : tokens.filter((token) => !isSpecial(token)), isSpecial)
  }
}

/** The same tokenizer with a step before its normalizer that makes letters small. */
function lowering(json: unknown): unknown {
  if (!isJsonObject(json)) return json
  const { normalizer } = json
  const normalizers = [{ type: 'Lowercase' }, ...(isJsonObject(normalizer) ? [normalizer] : [])]
  return { ...json, normalizer: { type: 'Sequence', normalizers } }
}

/** Where an unknown token ends: before the next known one, or after one character where the next is unknown too. */
function endOfUnknown(word: string, at: number, following: readonly (string | null)[]): number {
  if (!following.length) return word.length
  const [next] = following
  // biome-ignore lint/style/noNonNullAssertion: the place is within the text
  const one = at + (word.codePointAt(at)! > 0xffff ? 2 : 1)
  if (next === null) return one
  const found = word.indexOf(next, one)
  return found < 0 ? word.length : found
}
