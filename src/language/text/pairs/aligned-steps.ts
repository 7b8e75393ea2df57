import { inByteCharacters } from '../hub/byte-level.ts'
import { createNormalizer } from '../hub/normalizers.ts'
import { createPreTokenizer } from '../hub/pre-tokenizers.ts'
import type { Spec } from '../hub/spec.ts'
import { type AlignedText, changedBy, part, replacedIn } from './aligned-text.ts'

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

/** A text behind signs that were added, which stand for its first character. */
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

/** Words that are parts of a text, found one behind the other; each character of `written` words is that of a byte. */
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
