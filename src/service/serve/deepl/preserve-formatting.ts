const END = '.!?…:;'

/** The punctuation at the end of a text. */
function endOf(text: string): string {
  let at = text.length
  while (at > 0 && END.includes(text[at - 1])) at--
  return text.slice(at)
}

/**
 * A translation with the beginning and end of its source: the same final punctuation, or none, and the same case of the
 * first letter.
 */
export function withFormattingOf(source: string, translation: string): string {
  const end = endOf(source.trimEnd())
  const words = translation.trimEnd()
  const white = translation.slice(words.length)
  const body = end === '' ? words.replace(/[.]$/, '') : endOf(words) ? words : words + end
  return withCaseOf(source, body) + white
}

/** Applies the case of the source's first letter to the translation's. */
function withCaseOf(source: string, translation: string): string {
  const own = /\p{L}/u.exec(translation)
  const first = /\p{L}/u.exec(source)?.[0]
  if (!own || first === undefined) return translation
  const isSmall = first === first.toLowerCase() && first !== first.toUpperCase()
  const isLarge = first === first.toUpperCase() && first !== first.toLowerCase()
  const letter = isLarge
    ? own[0].toUpperCase()
    : isSmall && isWord(translation, own.index)
      ? own[0].toLowerCase()
      : own[0]
  return translation.slice(0, own.index) + letter + translation.slice(own.index + own[0].length)
}

/** Whether a word has more than this letter: 'I' stays a capital. */
const isWord = (text: string, at: number) => /^\p{Lu}\p{Ll}/u.test(text.slice(at))
