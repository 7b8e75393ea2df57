/** Cleans a pair of strings from a program for training. */

const MOST_CHARACTERS = 200
const MOST_PLACEHOLDERS = 16

/** Text that must stay as it is: the formats of the programs of sources.mjs, URLs, e-mail addresses and code. */
const PLACEHOLDER =
  /`[^`]+`|\$\{[^{}]*\}|%\{\w+\}|\{\{\s*[^{}]*\s*\}\}|%\([\w.]+\)[sd]|%\d+\$[sd]|%[sdif@](?![\p{L}\d])|\{[\w.-]+\}|\{[\w.-]+, *(?:number|date|time)[^{}]*\}|__\w+?__|https?:\/\/[^\s<>"'()]+[^\s<>"'().,:;!?]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|%\d(?!\d)|(?<![\p{L}\d:/]):[a-z]\w+/gu
const ODD = /[^\p{Script=Latin}\p{N}\s.,:;!?'’"“”«»()[\]/%€$£+&…–—°·*#=→-]/u

/** The pair [French, English], cleaned, or null where it is unsuitable for training. */
export function cleanPair(french, english) {
  const sides = [french, english].map(plainText)
  if (sides.includes(null)) return null
  const numbers = new Map()
  const [source, target] = sides.map((side) => side.replace(PLACEHOLDER, (found) => piece(numbers, found)))
  const pieces = (side) => (side.match(/⟦\d+⟧/g) ?? []).sort().join()
  if (pieces(source) !== pieces(target) || numbers.size > MOST_PLACEHOLDERS) return null
  const good = [source, target].every(isText) && isTranslation(source, target)
  return good ? [source, likeSource(source, target)] : null
}

const ALWAYS_CAPITAL = new Set(
  `Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September October November December
   English French German Spanish Italian Portuguese Dutch Russian Chinese Japanese Arabic Celsius Fahrenheit Kelvin Latin European American British`.split(
    /\s+/,
  ),
)

/**
 * The English text in lower case after its first word, where it is in title case and the French is not; names that are
 * also in the French text keep their capitals.
 */
function likeSource(french, english) {
  const capital = /^\p{Lu}[\p{Ll}-]+/u
  const rest = (text) =>
    text
      .split(' ')
      .slice(1)
      .filter((word) => word.length > 3)
  const titled = rest(english).length > 0 && rest(english).every((word) => !/^\p{Ll}/u.test(word))
  if (!titled || rest(french).every((word) => capital.test(word))) return english
  const names = new Set(french.split(/[^\p{L}\p{N}-]+/u).slice(1))
  const lowered = (word) =>
    capital.test(word) && !ALWAYS_CAPITAL.has(word.match(capital)[0]) && !names.has(word.match(capital)[0])
      ? word[0].toLowerCase() + word.slice(1)
      : word
  return english.replace(/(?<=\p{L}[^\p{L}.!?:]* [("']?)[\p{L}-]+/gu, lowered)
}

function piece(numbers, found) {
  const key = found.replace(/\s/g, '')
  if (!numbers.has(key)) numbers.set(key, numbers.size + 1)
  return `⟦${numbers.get(key)}⟧`
}

/**
 * A text without tags, entities, Markdown's bold and keyboard marks, in one line; null for plural forms, references and
 * longer texts.
 */
function plainText(string) {
  if (/\{\w+, *(?:plural|select)|\$t\(|\||\[%key|@:|[⟦⟧]|\\[ux]/.test(string)) return null
  const text = string
    .replace(/<\/?[a-zA-Z0-9][^<>]*>/g, '')
    .replace(/&nbsp;/g, ' ')
    .replace(/&amp;/g, '&')
    .replace(/&#39;|&apos;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/\*\*|__(?=\s|$)|&&/g, '')
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replace(/(?:\s|\\n)+/gu, ' ')
    .trim()
  return /&\w+;|[<>]/.test(text) || text.length > MOST_CHARACTERS ? null : text
}

function isText(side) {
  const bare = side.replace(/⟦\d+⟧/g, '')
  const letters = bare.match(/\p{L}/gu)?.length ?? 0
  return (
    letters >= 2 &&
    letters >= 0.5 * bare.replace(/\s/g, '').length &&
    !ODD.test(bare) &&
    !/\w_\w|\p{Ll}\p{Lu}\p{Ll}+\p{Lu}|\w\.\w+\.\w|\.\.\/|\\/u.test(bare)
  )
}

/** Whether the text is translated, and not much longer than the other side. */
function isTranslation(source, target) {
  const [most, least] = [Math.max(source.length, target.length), Math.min(source.length, target.length)]
  const same = source.toLowerCase() === target.toLowerCase()
  return !(same && source.split(' ').length > 1) && most <= 12 + 2.2 * least
}
