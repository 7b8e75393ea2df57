import { bertWords } from './bert-text.ts'
import { byteLevelWords, inByteCharacters } from './byte-level.ts'
import type { Spec } from './spec.ts'

/**
 * Splits a normalized text into the words that the model splits further. `isFirst` tells whether the text is at the
 * beginning.
 */
export type PreTokenize = (text: string, isFirst: boolean) => string[]

/** The pre-tokenizers of a tokenizer.json by their types, with the results of the tokenizers library. */
const preTokenizers: Readonly<Record<string, (spec: Spec) => PreTokenize>> = {
  Sequence: (spec) => {
    const steps = spec.parts('pretokenizers').map(createPreTokenizer)
    return (text, isFirst) =>
      steps.reduce<string[]>(
        (words, step) => words.flatMap((word, i) => step(word, isFirst && i === 0)).filter((word) => word !== ''),
        [text],
      )
  },
  BertPreTokenizer: () => bertWords,
  WhitespaceSplit: () => (text) => text.split(/\p{White_Space}+/u),
  Whitespace: () => (text) =>
    text.match(
      /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_C}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_C}\p{White_Space}]+/gu,
    ) ?? [],
  Metaspace: (spec) => {
    const meta = spec.text('replacement', '\u2581')
    const scheme = spec.text('prepend_scheme', spec.flag('add_prefix_space', true) ? 'always' : 'never')
    const isSplit = spec.flag('split', true)
    return (text, isFirst) => {
      const marked = text.replaceAll(' ', meta)
      const needs = scheme === 'always' || (scheme === 'first' && isFirst)
      const whole = needs && !marked.startsWith(meta) ? meta + marked : marked
      return isSplit ? beforeEach(whole, meta) : [whole]
    }
  },
  ByteLevel: (spec) => {
    const addsSpace = spec.flag('add_prefix_space', true)
    const words = spec.flag('use_regex', true) ? byteLevelWords : (text: string) => [text]
    return (text) => words(addsSpace && !text.startsWith(' ') ? ` ${text}` : text).map(inByteCharacters)
  },
  Digits: (spec) => {
    const digits = spec.flag('individual_digits', false) ? /\p{N}/gu : /\p{N}+/gu
    return (text) => cut(text, digits, 'Isolated')
  },
  Punctuation: (spec) => {
    const behavior = spec.text('behavior', 'Isolated')
    checkBehavior(spec, behavior)
    return (text) => cut(text, /[!-/:-@[-`{-~\p{P}]/gu, behavior)
  },
  Split: (spec) => {
    const pattern = spec.pattern('pattern')
    const behavior = spec.text('behavior')
    checkBehavior(spec, behavior)
    if (!spec.flag('invert', false)) return (text) => cut(text, pattern, behavior)
    // The text that does not match is then the delimiter.
    return (text) => {
      const parts = partsOf(text, pattern).map(({ text, isDelimiter }) => ({ text, isDelimiter: !isDelimiter }))
      return joined(parts, behavior)
    }
  },
}

export function createPreTokenizer(spec: Spec): PreTokenize {
  if (!Object.hasOwn(preTokenizers, spec.type)) throw spec.unsupported(Object.keys(preTokenizers))
  return preTokenizers[spec.type](spec)
}

const behaviors = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous']

function checkBehavior(spec: Spec, behavior: string): void {
  if (!behaviors.includes(behavior)) throw spec.wrong('behavior', `one of ${behaviors.join(', ')}`)
}

interface Part {
  text: string
  isDelimiter: boolean
}

function partsOf(text: string, delimiter: RegExp): Part[] {
  const parts: Part[] = []
  let at = 0
  for (const { 0: found, index } of text.matchAll(delimiter)) {
    if (found === '') continue
    if (index > at) parts.push({ text: text.slice(at, index), isDelimiter: false })
    parts.push({ text: found, isDelimiter: true })
    at = index + found.length
  }
  if (at < text.length) parts.push({ text: text.slice(at), isDelimiter: false })
  return parts
}

const cut = (text: string, delimiter: RegExp, behavior: string): string[] => joined(partsOf(text, delimiter), behavior)

function joined(parts: readonly Part[], behavior: string): string[] {
  if (behavior === 'Removed') return parts.filter(({ isDelimiter }) => !isDelimiter).map(({ text }) => text)
  const words: string[] = []
  let before: Part | null = null
  for (const part of parts) {
    const joins =
      before !== null &&
      ((behavior === 'MergedWithPrevious' && part.isDelimiter && !before.isDelimiter) ||
        (behavior === 'MergedWithNext' && !part.isDelimiter && before.isDelimiter) ||
        (behavior === 'Contiguous' && part.isDelimiter === before.isDelimiter))
    if (joins) words.push(words.pop() + part.text)
    else words.push(part.text)
    before = part
  }
  return words
}

/** Splits a text before each mark. */
function beforeEach(text: string, mark: string): string[] {
  const words: string[] = []
  let begin = 0
  for (let at = text.indexOf(mark, mark.length); at >= 0; at = text.indexOf(mark, at + mark.length)) {
    words.push(text.slice(begin, at))
    begin = at
  }
  words.push(text.slice(begin))
  return words.filter((word) => word !== '')
}
