import { present } from '../../../base/present.ts'

/** The scripts of Unicode 15; a name that the running Node.js does not know yet is skipped. */
const names = `Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki
Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee Chorasmian
Common Coptic Cuneiform Cypriot Cypro_Minoan Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan Egyptian_Hieroglyphs
Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gunjala_Gondi Gurmukhi Han Hangul
Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inscriptional_Pahlavi Inscriptional_Parthian Javanese
Kaithi Kannada Katakana Kawi Kayah_Li Kharoshthi Khitan_Small_Script Khmer Khojki Khudawadi Lao Latin Lepcha Limbu
Linear_A Linear_B Lisu Lycian Lydian Mahajani Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi Medefaidrin
Meetei_Mayek Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean
Nag_Mundari Nandinagari New_Tai_Lue Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian Old_Italic
Old_North_Arabian Old_Permic Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage Osmanya
Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian
Siddham SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham
Tai_Viet Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho
Warang_Citi Yezidi Yi Zanabazar_Square`.split(/\s+/)

/** The number of a script, which is only compared for equality. ANY matches every script. */
const ANY = -1
const HAN = names.indexOf('Han')
const LATIN = names.indexOf('Latin')
const COMMON = names.indexOf('Common')
const META = 0x2581
const LONG_VOWEL = 0x30fc

const known = new Map<number, number>()
let patterns: (RegExp | null)[] | null = null

/**
 * The script of a character as SentencePiece counts it: kana counts as Han, and marks match every script (their Script
 * is Inherited), as does ▁.
 */
function scriptOf(point: number): number {
  let script = known.get(point)
  if (script === undefined) {
    script = point === META ? ANY : point === LONG_VOWEL ? HAN : lookUp(String.fromCodePoint(point))
    known.set(point, script)
  }
  return script
}

function lookUp(character: string): number {
  patterns ??= names.map(patternOf)
  for (const likely of [LATIN, COMMON]) if (present(patterns[likely]).test(character)) return likely
  const script = patterns.findIndex((pattern) => pattern?.test(character))
  return names[script] === 'Hiragana' || names[script] === 'Katakana' ? HAN : script
}

function patternOf(name: string): RegExp | null {
  try {
    return new RegExp(`^\\p{Script=${name}}`, 'u')
  } catch {
    return null
  }
}

const NUL = '\0'

/** A text whose ends no piece crosses: a word, or a part of a word in a single script. */
export interface Unit {
  text: string
  count: number
}

export interface Units {
  /** Distinct units, in a fixed order. */
  units: Unit[]
  /** The characters, which all become pieces, most frequent first, with their counts. */
  characters: [string, number][]
}

export interface CutOptions {
  /** Whether each digit is a unit of its own, as with SentencePiece's `split_digits`. */
  splitDigits?: boolean
  /** The fraction of all characters that the pieces cover; rarer characters have no piece. Default: 1. */
  coverage?: number
}

const DIGIT = /\p{Nd}/u

/**
 * Splits words where no piece can continue: at NUL, which no piece contains, and where the script changes, because
 * SentencePiece's trainer rejects pieces of two scripts. The splits change no segmentation, and reduce the work.
 */
export function cutUnits(
  words: ReadonlyMap<string, number>,
  { splitDigits = false, coverage = 1 }: CutOptions = {},
): Units {
  const counts = new Map<string, number>()
  const characters = covering(charactersOf(words), coverage)
  const known = coverage < 1 ? new Set(characters.map(([character]) => character)) : null
  const isGap = (character: string) => character === NUL || (known !== null && !known.has(character))
  const isSingle = (character: string) => splitDigits && DIGIT.test(character)
  for (const [word, count] of words)
    for (const part of parts(word, isGap, isSingle)) counts.set(part, (counts.get(part) ?? 0) + count)
  const units = [...counts].map(([text, count]) => ({ text, count }))
  units.sort((a, b) => b.count - a.count || compare(a.text, b.text))
  return { units, characters }
}

/** The most frequent characters that make up this fraction of all. */
function covering(characters: [string, number][], share: number): [string, number][] {
  const all = characters.reduce((sum, [, count]) => sum + count, 0)
  let left = share * all
  return characters.filter(([, count]) => {
    left -= count
    return left + count > 0
  })
}

/** Comparison of two texts by code points, which is the same everywhere, unlike the order of a language. */
export function compare(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  // biome-ignore lint/style/noNonNullAssertion: the place is within the text
  for (let i = 0; i < length; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) return a.codePointAt(i)! - b.codePointAt(i)!
  return a.length - b.length
}

function charactersOf(words: ReadonlyMap<string, number>): [string, number][] {
  const counts = new Map<string, number>()
  for (const [word, count] of words)
    for (const character of word) if (character !== NUL) counts.set(character, (counts.get(character) ?? 0) + count)
  return [...counts].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]))
}

function* parts(
  word: string,
  isGap: (character: string) => boolean,
  isSingle: (character: string) => boolean,
): Generator<string> {
  let begin = 0
  let at = 0
  let script = ANY
  let wasSingle = false
  for (const character of word) {
    // biome-ignore lint/style/noNonNullAssertion: the place is within the text
    const own = scriptOf(character.codePointAt(0)!)
    const gap = isGap(character)
    const single = isSingle(character)
    if (at > begin && (gap || single || wasSingle || (own !== ANY && script !== ANY && own !== script))) {
      yield word.slice(begin, at)
      begin = at
      script = ANY
    }
    at += character.length
    wasSingle = single
    if (gap) begin = at
    else if (own !== ANY) script = own
  }
  if (at > begin) yield word.slice(begin, at)
}
