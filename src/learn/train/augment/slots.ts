import { lastOf } from '../../../base/present.ts'
import type { Pair } from '../pairs/corpus.ts'
import type { LanguagePair } from './case.ts'
import type { CorpusWords } from './corpus-words.ts'
import type { Slot, Span } from './slot.ts'

/**
 * Number words from 2 on, of languages that have a single word for each. Compounds such as 21 are left out; the tens
 * follow from 30 to 90.
 */
const words: Record<string, string> = {
  de: 'zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig',
  en: 'two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety',
  es: 'dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa',
  fr: 'deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf vingt trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix',
  it: 'due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove venti trenta quaranta cinquanta sessanta settanta ottanta novanta',
  nl: 'twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien twintig dertig veertig vijftig zestig zeventig tachtig negentig',
  pt: 'dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete dezoito dezenove vinte trinta quarenta cinquenta sessenta setenta oitenta noventa',
}

/** Words that multiply the numbers before them. */
const multipliers =
  /\b(hundreds?|thousands?|millions?|billions?|cents?|mille|milliards?|hundert|tausend|cientos?|mil|cento|mila|milioni|honderd|duizend|cem|milhões|millones)\b/i

const tables = new Map<string, Map<string, number>>()

/** The number words of a language, with their values; null if none are known. */
function tableOf(language: string | undefined): Map<string, number> | null {
  const base = language?.toLowerCase().split(/[-_]/)[0] ?? ''
  if (!Object.hasOwn(words, base)) return null
  let table = tables.get(base)
  if (!table) {
    table = new Map(words[base].split(' ').map((word, k) => [word, k < 19 ? k + 2 : 10 * (k - 16)]))
    tables.set(base, table)
  }
  return table
}

/** A word with its hyphens. */
const WORD = /[\p{L}\p{M}]+(?:-[\p{L}\p{M}]+)*/gu

/**
 * The place of the only number word of a text, and its value; null if there is none, or if it is part of a larger
 * number.
 */
function onlyNumber(text: string, table: Map<string, number>): (Span & { value: number }) | null {
  if (/\d/.test(text) || multipliers.test(text)) return null
  let found: (Span & { value: number }) | null = null
  for (const { 0: word, index: at } of text.matchAll(WORD)) {
    const lower = word.toLowerCase()
    const value = table.get(lower)
    if (value === undefined) {
      if (lower.split('-').some((part) => table.has(part))) return null
      continue
    }
    if (found) return null
    found = { at, end: at + word.length, value }
  }
  return found
}

/** The places of the same number as a word on both sides, if each side has only that number; otherwise null. */
function numberWordIn(pair: Pair, languages: LanguagePair): Pick<Slot, 'source' | 'target'> | null {
  const [sources, targets] = [tableOf(languages.source), tableOf(languages.target)]
  const source = sources && onlyNumber(pair.source, sources)
  const target = source && targets && onlyNumber(pair.target, targets)
  return target && source.value === target.value ? { source, target } : null
}

const NAME = /(?<![\p{L}\p{M}\p{N}_])\p{Lu}[\p{L}\p{M}]+(?![\p{L}\p{M}\p{N}_])/gu
const NUMBER = /(?<![\p{L}\p{M}\p{N}_]|\d[ \u00a0\u202f.,:/-])\d{1,7}(?![\p{L}\p{M}\p{N}_]|[ \u00a0\u202f.,:/-]\d)/gu
const PART_OF_WORD = /[\p{L}\p{M}\p{N}_]/u

/** All slots of a pair. No two of them overlap. */
export function slotsOf(pair: Pair, words: CorpusWords, languages: LanguagePair): Slot[] {
  const slots: Slot[] = []
  const numberWord = numberWordIn(pair, languages)
  const found: Slot[] = [
    ...nameSlots(pair, (word) => words.isName(word)),
    ...numberSlots(pair),
    ...(numberWord ? [{ kind: 'number', ...numberWord } as const] : []),
    ...words.aligned(pair),
  ]
  for (const slot of found)
    if (!slots.some((other) => overlap(slot.source, other.source) || overlap(slot.target, other.target)))
      slots.push(slot)
  return slots
}

const overlap = (a: Span, b: Span) => a.at < b.end && b.at < a.end

/** The names that occur once on each side, in the same form. Adjacent names are one name, if both sides agree. */
export function nameSlots(pair: Pair, isName: (word: string) => boolean): Slot[] {
  const slots: Slot[] = []
  for (const run of runs(pair.source, isName)) {
    const whole = sameSlot('name', pair, { at: run[0].at, end: lastOf(run).end })
    if (whole) slots.push(whole)
    else slots.push(...run.flatMap((span) => sameSlot('name', pair, span) ?? []))
  }
  return slots
}

/** Adjacent names, separated by one space or hyphen. */
function runs(text: string, isName: (word: string) => boolean): Span[][] {
  const found: Span[][] = []
  let end = -2
  for (const { 0: word, index: at } of text.matchAll(NAME)) {
    if (!isName(word)) continue
    const name = { at, end: at + word.length }
    if (at === end + 1 && (text[end] === ' ' || text[end] === '-')) lastOf(found).push(name)
    else found.push([name])
    end = name.end
  }
  return found
}

/** The numbers in digits that occur once on each side. 0 and 1 stay, because grammar depends on them. */
export function numberSlots(pair: Pair): Slot[] {
  const inTarget: readonly string[] = pair.target.match(NUMBER) ?? []
  return [...pair.source.matchAll(NUMBER)].flatMap(({ 0: digits, index: at }) =>
    Number(digits) > 1 && inTarget.includes(digits)
      ? (sameSlot('number', pair, { at, end: at + digits.length }) ?? [])
      : [],
  )
}

function sameSlot(kind: Slot['kind'], { source, target }: Pair, span: Span): Slot | null {
  const text = source.slice(span.at, span.end)
  if (placeIn(source, text) !== span.at) return null
  const at = placeIn(target, text)
  return at < 0 ? null : { kind, source: span, target: { at, end: at + text.length } }
}

/** The index of a text between word boundaries, if it occurs there once; -1 otherwise. */
function placeIn(text: string, part: string): number {
  let found = -1
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    if (PART_OF_WORD.test(text[at - 1] ?? '') || PART_OF_WORD.test(text[at + part.length] ?? '')) continue
    if (found >= 0) return -1
    found = at
  }
  return found
}
