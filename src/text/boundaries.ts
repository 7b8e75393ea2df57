/** Characters before a boundary that `beginsAt` looks at. */
export const SEEN = 16

/** Titles and the like, behind which a name comes, not the next sentence. */
const TITLES = new Set(
  (
    'MM Mme Mmes Mlle Mlles Mgr Dr Drs Pr Prof St Ste Sts av bd cf vs ' + // French, and what several languages have
    'Mr Mrs Ms Messrs Rev Gen Col Maj Capt Lt Sgt Gov Sen Rep Mt ' +
    'Hr Fr Hrn Frl Dipl ' +
    'Sra Sr Srta Dra Dña ' +
    'Sig Sigg Dott Ing Avv ' +
    'dhr mevr mw ir'
  ).split(' '),
)

/** Words that are short for one only before a number: “p. 12”, but “He likes art. Then he …”. */
const BEFORE_NUMBERS = new Set(
  'p pp n no nos nr vol vols art arts fig figs abb chap ch kap sec par al ex env ca pág núm tel ext'.split(' '),
)

/** Languages that write ordinal numbers with a full stop: “am 3. Oktober”. */
const ORDINALS = new Set('bs cs da de et fi fo hr hu is lb lt lv nb nn no pl sk sl sr'.split(' '))

const ABBREVIATION = /(?:^|[^\p{L}\p{N}])(\p{L}+)\.$/u
/** “J. K. Rowling”, “U.S. President”, “av. J.-C.” */
const INITIAL = /(?:^|[^\p{L}\p{N}])\p{Lu}\.$/u
/** “1. Introduction”, “(b) And” */
const ENUMERATOR = /^[([]?(?:\p{Nd}{1,3}|\p{L})[.)]$/u
const ORDINAL = /(?:^|[^\p{L}\p{N}.,])\p{Nd}{1,2}\.$/u
/** Quotation marks and brackets that close what stands before the boundary, since white space, punctuation or nothing is behind them. */
const CLOSING = /^(?:[»”“’"')\]}›](?=[\s\p{P}]|$)\s*)+/u
const CLOSED = /[»”’"')\]}›]$/u
/** What a sentence goes on with behind a quotation: “« Viens ! » dit-il.” */
const GOES_ON = /^(?:\p{Ll}|[,;:.!?…])/u
const SPEAKS = /[\p{L}\p{N}]/u

/**
 * Where in `next` the next sentence begins, at 0 or behind what still closes the one before; null where there is no boundary, though
 * UAX 29 has one. `previous` are the last SEEN characters before it, or all of the sentence; neither has white space around it.
 */
export function beginsAt(previous: string, next: string, locale: string): number | null {
  if (isOpen(previous, next, locale) || !SPEAKS.test(next)) return null
  const closing = CLOSING.exec(next)?.[0].length ?? 0
  const isQuotation = closing > 0 || CLOSED.test(previous)
  return isQuotation && GOES_ON.test(next.slice(closing)) ? null : closing
}

/** Whether the full stop before the boundary ends a word that is short for another, not a sentence. */
function isOpen(previous: string, next: string, locale: string): boolean {
  if (INITIAL.test(previous) || ENUMERATOR.test(previous)) return true
  const [, word] = ABBREVIATION.exec(previous) ?? []
  if (word !== undefined && TITLES.has(word)) return true
  if (word !== undefined && BEFORE_NUMBERS.has(word.toLowerCase()) && /^\p{Nd}/u.test(next)) return true
  return ORDINALS.has(locale.split('-')[0]) && ORDINAL.test(previous)
}
