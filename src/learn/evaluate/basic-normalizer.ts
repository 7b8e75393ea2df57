// The normalizer for languages other than English of openai/whisper, normalizers/basic.py (MIT), and what English shares
// with it. Python's classes of characters differ from JavaScript's: \b knows letters and digits of every script, and \s
// other spaces.

const SPACE = String.raw`[\t-\r\u{1c}-\u{20}\u{85}\u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}]`
const WORD = String.raw`[\p{L}\p{N}_]`
const EDGE = `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`

/** A pattern of Python's `re`, for all its matches: \b, \d and \s have the meanings that they have there. */
export const pythonPattern = (source: string): RegExp =>
  new RegExp(
    source
      .replaceAll(String.raw`\b`, EDGE)
      .replaceAll(String.raw`\d`, String.raw`\p{Nd}`)
      .replaceAll(String.raw`\s`, SPACE),
    'gu',
  )

const SPACES = pythonPattern(String.raw`\s+`)

/** The words between spaces. */
export const wordsOf = (text: string): string[] => text.split(SPACES).filter((word) => word !== '')

/** One space in place of each run of spaces. */
export const withSingleSpaces = (text: string): string => text.replace(SPACES, ' ')

/** Small letters, without what stands in brackets and parentheses: a transcript's remarks on sounds. */
export const withoutRemarks = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[<[][^>\]]*[>\]]/g, '')
    .replace(/\(([^)]+?)\)/g, '')

/** Decimal digits of any script as 0 to 9. Each script has ten in a row, and rows that touch begin with a zero. */
export const digitsOf = (text: string): string =>
  text.replace(/(?![0-9])\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0
    let first = code
    while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--
    return String((code - first) % 10)
  })

/** Letters that NFKD leaves whole. */
const letters: Readonly<Record<string, string>> = {
  ...{ œ: 'oe', Œ: 'OE', ø: 'o', Ø: 'O', æ: 'ae', Æ: 'AE', ß: 'ss', ẞ: 'SS', đ: 'd', Đ: 'D' },
  ...{ ð: 'd', Ð: 'D', þ: 'th', Þ: 'th', ł: 'l', Ł: 'L' },
}

/** Letters without diacritics, and a space for each symbol and sign of punctuation but those in `keep`. */
export const withoutDiacritics = (text: string, keep = ''): string =>
  text.normalize('NFKD').replace(/[œŒøØæÆßẞđĐðÐþÞłŁ]|[\p{M}\p{S}\p{P}]/gu, (sign) => {
    if (keep.includes(sign)) return sign
    return letters[sign] ?? (/\p{Mn}/u.test(sign) ? '' : ' ')
  })

/**
 * A text as Whisper's basic normalizer has it: small letters in NFKC, a space for each mark, symbol and sign of
 * punctuation, nothing of what stands in brackets.
 * @param isSplit whether a space is put between all characters, for languages that write none between words
 */
export function basicText(text: string, isSplit = false): string {
  const clean = withoutRemarks(text)
    .normalize('NFKC')
    .replace(/[\p{M}\p{S}\p{P}]/gu, ' ')
    .toLowerCase()
  const split = isSplit ? Array.from(new Intl.Segmenter().segment(clean), ({ segment }) => segment).join(' ') : clean
  return withSingleSpaces(split)
}
