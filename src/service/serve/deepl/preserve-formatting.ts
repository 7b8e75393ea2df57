const END = '.!?…:;'

/** The punctuation with which a text ends. */
function endOf(text: string): string {
  let at = text.length
  while (at > 0 && END.includes(text[at - 1])) at--
  return text.slice(at)
}

/** A translation that ends and begins as its source does: with the same punctuation, or none, and with a capital or a small letter. */
export function withFormattingOf(source: string, translation: string): string {
  const end = endOf(source.trimEnd())
  const words = translation.trimEnd()
  const white = translation.slice(words.length)
  const body = end === '' ? words.replace(/[.]$/, '') : endOf(words) ? words : words + end
  return withCaseOf(source, body) + white
}

/** The first letter as large or small as that of the source. */
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

/** Whether a word is more than the letter: 'I' stays large. */
const isWord = (text: string, at: number) => /^\p{Lu}\p{Ll}/u.test(text.slice(at))
