/** Articles of French nouns, with what becomes of them before a vowel, and a or an in English. */

/** Words whose h keeps the article whole. */
const ASPIRATED = /^(haricot|haie|hausse|haut|hockey)/
const beginsWithVowel = (word) => /^[aeiouhâàéèêîôœ]/i.test(word) && !ASPIRATED.test(word) && !/^(yaourt|huit|onze)/.test(word)

/** `word` behind le, de, se and the like: l'eau, d'eau. */
export const elided = (small, word) => (beginsWithVowel(word) ? `${small[0]}'${word}` : `${small} ${word}`)

export const definite = (noun, isFeminine) => elided(isFeminine ? 'la' : 'le', noun)
export const indefinite = (noun, isFeminine) => `${isFeminine ? 'une' : 'un'} ${noun}`
export const mine = (noun, isFeminine) => `${isFeminine && !beginsWithVowel(noun) ? 'ma' : 'mon'} ${noun}`
export const of = (noun) => elided('de', noun)
export const ofThe = (noun, isFeminine) =>
  isFeminine || beginsWithVowel(noun) ? `de ${definite(noun, isFeminine)}` : `du ${noun}`
export const partitive = ofThe
export const toThe = (noun, isFeminine) =>
  isFeminine || beginsWithVowel(noun) ? `à ${definite(noun, isFeminine)}` : `au ${noun}`

/** Vowels that are read as in "university" take a. */
export const aOrAn = (english) =>
  `${(/^[aeio]/i.test(english) || /^(u(?!n?i)|un[^i]|X-ray|hour|honest)/.test(english)) && !/^(one|use)/.test(english) ? 'an' : 'a'} ${english}`
