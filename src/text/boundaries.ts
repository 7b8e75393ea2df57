/** The number of characters before a boundary that `beginsAt` reads. */
export const SEEN = 16

/** Titles and similar abbreviations, behind which a name comes, and not the next sentence. */
const TITLES = new Set(
  (
    'MM Mme Mmes Mlle Mlles Mgr Dr Drs Pr Prof St Ste Sts av bd cf vs ' + // French, and abbreviations of several languages
    'Mr Mrs Ms Messrs Rev Gen Col Maj Capt Lt Sgt Gov Sen Rep Mt ' +
    'Hr Fr Hrn Frl Dipl ' +
    'Sra Sr Srta Dra Dña ' +
    'Sig Sigg Dott Ing Avv ' +
    'dhr mevr mw ir'
  ).split(' '),
)

/** Words that are abbreviations only before a number: “p. 12”, but “He likes art. Then he …”. */
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
/** Quotation marks and brackets that close the text before the boundary: white space, punctuation or nothing is behind them. */
const CLOSING = /^(?:[»”“’"')\]}›](?=[\s\p{P}]|$)\s*)+/u
const CLOSED = /[»”’"')\]}›]$/u
/** The characters with which a sentence goes on behind a quotation: “« Viens ! » dit-il.” */
const GOES_ON = /^(?:\p{Ll}|[,;:.!?…])/u
const SPEAKS = /[\p{L}\p{N}]/u

/**
 * Where the next sentence begins in `next`: at 0, or behind the characters that still close the sentence before. Null where there is no
 * boundary, although UAX 29 has one. `previous` is the last SEEN characters before the boundary, or the whole sentence. Neither text has
 * white space around it.
 */
export function beginsAt(previous: string, next: string, locale: string): number | null {
  if (isOpen(previous, next, locale) || !SPEAKS.test(next)) return null
  const closing = CLOSING.exec(next)?.[0].length ?? 0
  const isQuotation = closing > 0 || CLOSED.test(previous)
  return isQuotation && GOES_ON.test(next.slice(closing)) ? null : closing
}

/** Whether the full stop before the boundary ends an abbreviation, and not a sentence. */
function isOpen(previous: string, next: string, locale: string): boolean {
  if (INITIAL.test(previous) || ENUMERATOR.test(previous)) return true
  const [, word] = ABBREVIATION.exec(previous) ?? []
  if (word !== undefined && TITLES.has(word)) return true
  if (word !== undefined && BEFORE_NUMBERS.has(word.toLowerCase()) && /^\p{Nd}/u.test(next)) return true
  return ORDINALS.has(locale.split('-')[0]) && ORDINAL.test(previous)
}
