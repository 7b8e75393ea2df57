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
export const ANY = -1
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
export function scriptOf(point: number): number {
  let script = known.get(point)
  if (script === undefined) {
    script = point === META ? ANY : point === LONG_VOWEL ? HAN : lookUp(String.fromCodePoint(point))
    known.set(point, script)
  }
  return script
}

function lookUp(character: string): number {
  patterns ??= names.map(patternOf)
  for (const likely of [LATIN, COMMON]) if (patterns[likely]!.test(character)) return likely
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
