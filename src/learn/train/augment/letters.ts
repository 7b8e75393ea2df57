import type { Random } from '../state/random.ts'

// Changes of letters in a source, like those of people who type. Words that also stand in the target stay as they are,
// because they are copied.

const WORD = /\p{L}[\p{L}\p{M}]*/gu

const wordsOf = (text: string) => new Set(text.toLowerCase().match(WORD))

/** A text without the accents of Latin letters, and with oe and ae in place of their ligatures. */
export function withoutAccents(source: string, target: string): string {
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
export function withTypos(source: string, target: string, random: Random): string {
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
