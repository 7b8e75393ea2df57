import { present } from '../../../base/present.ts'
import { inByteCharacters } from '../hub/byte-level.ts'
import { createNormalizer, graphemesOf } from '../hub/normalizers.ts'
import { createPreTokenizer } from '../hub/pre-tokenizers.ts'
import type { Spec } from '../hub/spec.ts'

/** A text made from another, with the range of the other, [begin, end), that each code unit stands for. */
export interface AlignedText {
  text: string
  begin: readonly number[]
  end: readonly number[]
}

/** A text as it is, from a place of the original on. */
export function aligned(text: string, from = 0): AlignedText {
  const begin: number[] = []
  const end: number[] = []
  for (const character of text) {
    for (let i = 0; i < character.length; i++) {
      begin.push(from)
      end.push(from + character.length)
    }
    from += character.length
  }
  return { text, begin, end }
}

/** Part of a text. */
export const part = ({ text, begin, end }: AlignedText, from: number, to: number): AlignedText => ({
  text: text.slice(from, to),
  begin: begin.slice(from, to),
  end: end.slice(from, to),
})

/** The range of the original that a text stands for; null for an empty one. */
export function rangeOf({ text, begin, end }: AlignedText): [number, number] | null {
  return text.length ? [Math.min(...bounded(begin)), Math.max(...bounded(end))] : null
}

/** The ends of a list, because ranges never go back by more than the signs of one character. */
const bounded = (places: readonly number[]) =>
  places.length <= 64 ? places : [...places.slice(0, 32), ...places.slice(-32)]

/**
 * A text changed by a function that works on each of its characters, or on each cluster of them: every character made stands for the one that it
 * was made of.
 */
export function changedBy(change: (text: string) => string, from: AlignedText): AlignedText {
  const made = { text: '', begin: [] as number[], end: [] as number[] }
  const add = (text: string, [begin, end]: [number, number]) => {
    made.text += text
    for (let i = 0; i < text.length; i++) {
      made.begin.push(begin)
      made.end.push(end)
    }
  }
  let at = 0
  for (const cluster of graphemesOf(from.text)) {
    const own = part(from, at, at + cluster.length)
    at += cluster.length
    const characters = Array.from(cluster)
    const changed = change(cluster)
    const one = characters.map(change)
    if (one.join('') !== changed) add(changed, present(rangeOf(own)))
    else {
      let inner = 0
      characters.forEach((character, i) => {
        add(one[i], present(rangeOf(part(own, inner, inner + character.length))))
        inner += character.length
      })
    }
  }
  return made
}

/** A text in which what a pattern matches has become another text, which stands for all of the match. */
export function replacedIn(from: AlignedText, pattern: RegExp, content: string): AlignedText {
  const made = { text: '', begin: [] as number[], end: [] as number[] }
  const keep = (own: AlignedText) => {
    made.text += own.text
    made.begin.push(...own.begin)
    made.end.push(...own.end)
  }
  let done = 0
  for (const { 0: found, index } of from.text.matchAll(pattern)) {
    keep(part(from, done, index))
    done = index + found.length
    const range = rangeOf(part(from, index, done)) ?? [from.begin[index] ?? 0, from.begin[index] ?? 0]
    keep({ text: content, begin: Array(content.length).fill(range[0]), end: Array(content.length).fill(range[1]) })
  }
  keep(part(from, done, from.text.length))
  return made
}

/** A normalizer that tells what each character was made of. */
export type AlignedNormalize = (text: AlignedText) => AlignedText
/** A pre-tokenizer that does. */
export type AlignedWords = (text: AlignedText, isFirst: boolean) => AlignedText[]

export function alignedNormalizer(spec: Spec | null): AlignedNormalize {
  if (spec === null) return (text) => text
  switch (spec.type) {
    case 'Sequence': {
      const steps = spec.parts('normalizers').map(alignedNormalizer)
      return (text) => steps.reduce((so_far, step) => step(so_far), text)
    }
    case 'Replace': {
      const [pattern, content] = [spec.pattern('pattern'), spec.text('content')]
      return (text) => replacedIn(text, pattern, content)
    }
    case 'Prepend': {
      const prefix = spec.text('prepend')
      return (text) => (text.text === '' ? text : inFront(prefix, text))
    }
    case 'Strip': {
      const normalize = createNormalizer(spec)
      return (text) => {
        const kept = normalize(text.text)
        const from = kept === '' ? 0 : text.text.indexOf(kept)
        return part(text, from, from + kept.length)
      }
    }
    default: {
      const normalize = createNormalizer(spec)
      return (text) => changedBy(normalize, text)
    }
  }
}

/** A text after signs that were added, which stand for its first character. */
function inFront(prefix: string, { text, begin, end }: AlignedText): AlignedText {
  const each = (places: readonly number[]) => Array<number>(prefix.length).fill(places[0] ?? 0)
  return { text: prefix + text, begin: [...each(begin), ...begin], end: [...each(end), ...end] }
}

export function alignedWords(spec: Spec | null): AlignedWords {
  if (spec === null) return (text) => [text]
  switch (spec.type) {
    case 'Sequence': {
      const steps = spec.parts('pretokenizers').map(alignedWords)
      return (text, isFirst) =>
        steps.reduce<AlignedText[]>(
          (words, step) =>
            words.flatMap((word, i) => step(word, isFirst && i === 0)).filter((word) => word.text !== ''),
          [text],
        )
    }
    case 'ByteLevel': {
      const addsSpace = spec.flag('add_prefix_space', true)
      // Words are split as characters, and written as bytes after that.
      const words = alignedPlain(createPreTokenizer(spec), inByteCharacters)
      return (text, isFirst) => words(addsSpace && !text.text.startsWith(' ') ? inFront(' ', text) : text, isFirst)
    }
    case 'Metaspace': {
      const meta = spec.text('replacement', '\u2581')
      const preTokenize = createPreTokenizer(spec)
      return (text, isFirst) => {
        const marked = replacedIn(text, / /g, meta)
        const words = preTokenize(text.text, isFirst)
        const added = words.join('').length - marked.text.length
        return inOrder(words, added > 0 ? inFront(meta, marked) : marked)
      }
    }
    default:
      return alignedPlain(createPreTokenizer(spec), null)
  }
}

/** Words that are parts of a text, found one after the other; each character of `written` words is that of a byte. */
function alignedPlain(
  preTokenize: (text: string, isFirst: boolean) => string[],
  written: ((text: string) => string) | null,
): AlignedWords {
  return (text, isFirst) => {
    const words = preTokenize(text.text, isFirst)
    return inOrder(words, written ? inBytes(text, written) : text)
  }
}

function inBytes(text: AlignedText, written: (text: string) => string): AlignedText {
  const made = { text: '', begin: [] as number[], end: [] as number[] }
  let at = 0
  for (const character of text.text) {
    const bytes = written(character)
    made.text += bytes
    for (let i = 0; i < bytes.length; i++) {
      made.begin.push(text.begin[at])
      made.end.push(text.end[at])
    }
    at += character.length
  }
  return made
}

function inOrder(words: readonly string[], text: AlignedText): AlignedText[] {
  let at = 0
  return words.map((word) => {
    const from = Math.max(at, text.text.indexOf(word, at))
    at = from + word.length
    return part(text, from, at)
  })
}
