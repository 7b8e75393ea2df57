import { shownJson } from '../../../base/errors.ts'
import { LONGEST_PIECE } from '../../../base/limits.ts'
import { entryOf } from '../../../base/present.ts'
import { lazyPattern } from '../../../base/values/lazy-pattern.ts'
import type { Normalize } from './normalizers.ts'
import type { Spec } from './spec.ts'
import { MOST_IDS } from './vocabulary.ts'

/** A token that is searched in the text before the model tokenizes the text between tokens. */
export interface AddedToken {
  id: number
  content: string
  /** Whether the token absorbs the white space before it, or after it. */
  lstrip: boolean
  rstrip: boolean
  /** Whether it matches only between characters that are not letters or digits. */
  singleWord: boolean
  /** Whether it is searched in the normalized text. */
  normalized: boolean
  /** Whether decoding can leave it out. */
  special: boolean
}

export function readAddedTokens(spec: Spec, name = 'added_tokens'): AddedToken[] {
  return (spec.value(name) === undefined ? [] : spec.parts(name)).map(readAddedToken)
}

export function readAddedToken(token: Spec): AddedToken {
  const content = token.text('content')
  if (content.length > LONGEST_PIECE)
    throw token.damaged(`${shownJson(content)} has more than ${LONGEST_PIECE} characters`)
  const id = token.natural('id')
  if (id >= MOST_IDS) throw token.wrong('id', `less than ${MOST_IDS}`)
  return {
    id,
    content,
    lstrip: token.flag('lstrip', false),
    rstrip: token.flag('rstrip', false),
    singleWord: token.flag('single_word', false),
    normalized: token.flag('normalized', !token.flag('special', false)),
    special: token.flag('special', false),
  }
}

/** A special token as the classes of transformers declare them. */
export const specialToken = (content: string, id: number): AddedToken => ({
  id,
  content,
  lstrip: false,
  rstrip: false,
  singleWord: false,
  normalized: false,
  special: true,
})

/** A part of a text: an added token, or text between. */
export type TextPart = { id: number } | { text: string; begin: number }

/** Finds added tokens in texts. */
export class AddedTokens {
  readonly tokens: readonly AddedToken[]
  readonly #raw: Finder
  readonly #normalized: Finder
  readonly #normalize: Normalize

  constructor(tokens: readonly AddedToken[], normalize: Normalize) {
    this.tokens = tokens
    this.#normalize = normalize
    this.#raw = new Finder(tokens.filter(({ normalized }) => !normalized))
    this.#normalized = new Finder(
      tokens.filter(({ normalized }) => normalized).map((token) => ({ ...token, content: normalize(token.content) })),
    )
  }

  /** The parts of a text in their order, texts normalized; none is empty. */
  split(text: string): TextPart[] {
    return this.#raw.split(text).flatMap((part) => {
      if ('id' in part) return part
      const { begin } = part
      return this.#normalized
        .split(this.#normalize(part.text))
        .map((inner) => ('id' in inner ? inner : { text: inner.text, begin: begin + inner.begin }))
    })
  }
}

class Finder {
  readonly #expression: RegExp | null
  readonly #byContent: ReadonlyMap<string, AddedToken>

  constructor(tokens: readonly AddedToken[]) {
    this.#byContent = new Map(tokens.filter(({ content }) => content !== '').map((token) => [token.content, token]))
    const longestFirst = [...this.#byContent.keys()].sort((a, b) => b.length - a.length)
    this.#expression = longestFirst.length
      ? new RegExp(longestFirst.map((content) => content.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|'), 'gu')
      : null
  }

  split(text: string): TextPart[] {
    if (text === '') return []
    const parts: TextPart[] = []
    let done = 0
    for (const { 0: content, index } of this.#expression ? text.matchAll(this.#expression) : []) {
      const { id, lstrip, rstrip, singleWord } = entryOf(this.#byContent, content)
      let [begin, end] = [index, index + content.length]
      if (singleWord && (WORD().test(before(text, begin)) || WORD().test(after(text, end)))) continue
      if (lstrip) while (begin > done && WHITE_SPACE().test(text[begin - 1])) begin--
      if (rstrip) while (end < text.length && WHITE_SPACE().test(text[end])) end++
      if (begin > done) parts.push({ text: text.slice(done, begin), begin: done })
      parts.push({ id })
      done = end
    }
    if (done < text.length) parts.push({ text: text.slice(done), begin: done })
    return parts
  }
}

const WHITE_SPACE = lazyPattern(String.raw`\p{White_Space}`, 'u')
const WORD = lazyPattern(String.raw`[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_C}]`, 'u')

/** The character before a position of a text, and the one after it; '' at an end. */
const before = (text: string, at: number) => Array.from(text.slice(Math.max(0, at - 2), at)).at(-1) ?? ''
const after = (text: string, at: number) => Array.from(text.slice(at, at + 2))[0] ?? ''
