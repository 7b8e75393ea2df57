import { lazyPattern } from '../../base/values/lazy-pattern.ts'
import { languageTag } from '../text/languages.ts'

/** A number of a sentence, as its translation should have it. */
export interface WrittenNumber {
  /** Its place in the sentence. */
  start: number
  end: number
  /** The number as the target language writes it. */
  written: string
  /** Its forms in a translation that are right. */
  forms: RegExp
  /** The same digits divided by any marks; null for a number that no marks divide. */
  digits: RegExp | null
}

/** The languages of a translation as BCP 47 tags, where they are known. */
export interface NumberLanguages {
  source: string | undefined
  target: string | undefined
}

/** Marks by which a language divides a number. */
interface Marks {
  decimal: string
  group: string
}

const SPACES = ' \u00a0\u202f'

/** Digits and single separators between digits, without letters beside them. */
const RUN = lazyPattern(
  String.raw`(?<![\p{L}\p{N}_+]|[\p{L}\p{N}][.,:/'’-]|\d[${SPACES}])\+?\d+(?:[${SPACES}.,:/'’-]\d+)*(?![\p{L}\p{N}_]|[.,:/'’-][\p{L}\p{N}]|[${SPACES}]h\b)`,
  'gu',
)

/** The numbers of a sentence that can be compared: of two and more digits, amounts, telephone numbers, dates, times. */
export function writtenNumbers(sentence: string, languages: NumberLanguages): WrittenNumber[] {
  const marks = { source: marksOf(languages.source), target: marksOf(languages.target) }
  return Array.from(sentence.matchAll(RUN()), ({ 0: run, index }) => {
    const form = formOf(run, marks.source, marks.target)
    return form && { start: index, end: index + run.length, ...form }
  }).filter((each) => each !== null)
}

type Form = Pick<WrittenNumber, 'written' | 'forms' | 'digits'>

/** How a run of digits and separators may be written; null for one that languages write in words, or several numbers. */
function formOf(run: string, source: Marks | null, target: Marks | null): Form | null {
  if (/^\d+$/.test(run))
    return run.length < 2 ? null : { written: run, forms: new RegExp(`(?<!\\d)${run}(?!\\d)`, 'g'), digits: null }
  return amount(run, source, target) ?? code(run)
}

/** The spaces that may divide a number: none where the language divides by another mark. */
const spacesOf = ({ group }: Marks) => (SPACES.includes(group) ? SPACES : '')

const escaped = (text: string) => text.replace('.', '\\.')

/** A number with groups of three digits, a fraction, or both: '12 500', '3,5', '1.234.567'. */
function amount(run: string, source: Marks | null, target: Marks | null): Form | null {
  const parts = /^(\d{1,3}(?:([ \u00a0\u202f.,'’])\d{3}(?:\2\d{3})*)?|\d+)(?:([.,])(\d+))?$/.exec(run)
  if (!parts) return null
  const [, whole, group, decimal, fraction] = parts
  if (!isDivided(whole, { group, decimal }, source)) return null
  const groups = group === undefined ? [whole] : whole.split(group)
  const written =
    target === null ? run : groups.join(target.group) + (fraction === undefined ? '' : target.decimal + fraction)
  const between = target === null ? `[${SPACES}.,'’]?` : `[${spacesOf(target)}'’${target.decimal === '.' ? ',' : '.'}]?`
  const after = fraction === undefined ? '' : (target === null ? '[.,]' : escaped(target.decimal)) + fraction
  const anyMarks = groups.join(`[${SPACES}.,'’]`) + (fraction === undefined ? '' : `[.,]${fraction}`)
  return { written, forms: alone(groups.join(between) + after), digits: alone(anyMarks) }
}

/** Whether a language divides numbers by these marks; where it is unknown, spaces alone are clear. */
function isDivided(
  whole: string,
  { group, decimal }: { group: string | undefined; decimal: string | undefined },
  source: Marks | null,
): boolean {
  const isClear = group === undefined || SPACES.includes(group) || "'’".includes(group)
  if (source === null) return isClear && group !== undefined
  if (decimal !== undefined && decimal !== source.decimal) return false
  if (isClear) return true
  return group !== source.decimal && (group === source.group || whole.split(group).length > 2)
}

/** A telephone number, a date, a time, a version: the same digits in the same order. Null for '3/4' and '10-20'. */
function code(run: string): Form | null {
  const digits = run.replace(/\D/g, '')
  // biome-ignore lint/style/noNonNullAssertion: the pattern matches every text that comes here
  const [groups, separators] = [run.match(/\d+/g)!, run.replace(/^\+|\d/g, '')]
  if (/[ \u00a0\u202f]/.test(separators)) {
    if (groups.length < 3 || digits.length < 6) return null
    return { written: run, forms: alone(groups.join(`[${SPACES}.-]?`)), digits: null }
  }
  const isTwo = groups.length === 2
  if (isTwo && /[-'’]/.test(separators)) return null
  if (isTwo && separators === '/' && !/^\d\d\/\d\d$/.test(run)) return null
  const plain = groups.join(`${SPACE}[.,:/'’–-]${SPACE}`)
  const [hour, minutes] = groups.map(Number)
  const isTime = isTwo && separators === ':' && hour > 12 && hour < 24 && minutes < 60
  return { written: run, forms: alone(isTime ? `(?:${plain}|${hour - 12}[.:]${groups[1]})` : plain), digits: null }
}

const SPACE = `[${SPACES}]?`

/** A pattern of a number that is no part of a longer one. */
const alone = (pattern: string) => new RegExp(`(?<!\\d|\\d[.,:/'’-])${pattern}(?![.,:/'’-]?\\d)`, 'g')

const known = new Map<string, Marks | null>()

/** The marks of a language, by CLDR; null where the language is unknown, or has no such marks. */
function marksOf(language: string | undefined): Marks | null {
  if (language === undefined) return null
  const found = known.get(language)
  if (found !== undefined) return found
  const tag = languageTag(language)
  const parts = tag === undefined ? [] : new Intl.NumberFormat(`${tag}-u-nu-latn`).formatToParts(1234567.5)
  const markOf = (type: 'decimal' | 'group') => parts.find((part) => part.type === type)?.value
  const [decimal, group] = [markOf('decimal'), markOf('group')]
  const marks = group !== undefined && (decimal === '.' || decimal === ',') ? { decimal, group } : null
  if (known.size >= MOST_LANGUAGES) known.clear()
  known.set(language, marks)
  return marks
}

const MOST_LANGUAGES = 200
