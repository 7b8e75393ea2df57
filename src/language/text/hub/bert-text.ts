import type { Spec } from './spec.ts'

// Steps of BERT's tokenizer, with the results of the tokenizers library.

/** Ideographs, each of which is a word of its own. */
const IDEOGRAPHS =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu

/** Control characters, formats and private characters, which are left out; tabs and line breaks are spaces. */
const CONTROL = /[\0\ufffd]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}]/gu

/** BERT's normalizer: without control characters, with spaces around ideographs, and where it says so without accents and in lower case. */
export function bertNormalizer(spec: Spec): (text: string) => string {
  const isClean = spec.flag('clean_text', true)
  const marksIdeographs = spec.flag('handle_chinese_chars', true)
  const isLower = spec.flag('lowercase', true)
  const isStripped = spec.value('strip_accents') === undefined ? isLower : spec.flag('strip_accents', true)
  return (text) => {
    let normalized = text
    if (isClean) normalized = normalized.replace(CONTROL, '').replace(/\p{White_Space}/gu, ' ')
    if (marksIdeographs) normalized = normalized.replace(IDEOGRAPHS, ' $& ')
    if (isStripped) normalized = normalized.normalize('NFD').replace(/\p{Mn}/gu, '')
    return isLower ? lowerCase(normalized) : normalized
  }
}

/** Letters in lower case one by one, because the tokenizers library has no special rule for a final sigma. */
export const lowerCase = (text: string): string => text.replace(/[\s\S]/gu, (letter) => letter.toLowerCase())

/** Words between white space; each sign of punctuation is a word of its own. */
export const bertWords = (text: string): string[] => text.match(WORDS) ?? []

const WORDS = /[!-/:-@[-`{-~\p{P}]|[^!-/:-@[-`{-~\p{P}\p{White_Space}]+/gu
