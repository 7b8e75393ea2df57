import { type NumberLanguages, writtenNumbers } from '../protect/written-numbers.ts'
import { blanked, type CodedPair } from './checked-pair.ts'

/** Digits and single separators between them. */
const RUN = /\d+(?:[ \u00a0\u202f.,:/'’-]\d+)*/g

/** Small numbers in words, which translations may have in place of a digit. */
const WORDS: Readonly<Record<string, string>> = {
  en: 'no|none|zero one|a|an|once|single two|twice|both|pair three four five six seven eight nine',
  fr: 'aucun|aucune|zéro un|une deux trois quatre cinq six sept huit neuf',
  de: 'kein|keine|null ein|eine|einen|einem|einer|eins zwei drei vier fünf sechs sieben acht neun',
  es: 'cero|ningún un|una|uno dos tres cuatro cinco seis siete ocho nueve',
  it: 'zero|nessun un|una|uno|un due tre quattro cinque sei sette otto nove',
  pt: 'zero|nenhum um|uma dois|duas três quatro cinco seis sete oito nove',
  nl: 'nul|geen een|één twee drie vier vijf zes zeven acht negen',
}

/** The most numbers of a text that are looked for in the forms of the languages; more are compared by their digits. */
const MOST = 100
/** Characters of the longest number that is no list of them. */
const LONGEST = 40

/** Numbers of a text that its translation has not, or has otherwise, and numbers that it has alone. */
export function numberFaults({ source, target }: CodedPair, languages: NumberLanguages): string[] {
  const { plain } = source
  const runs = [...plain.matchAll(RUN)]
  if (!runs.length && !/\d/.test(target.text)) return []
  let rest = target.plain
  const isSimple = runs.length <= MOST && runs.every(([run]) => run.length <= LONGEST)
  const forms = isSimple ? writtenNumbers(plain, languages) : []
  const found = new Set<number>()
  for (const { start, forms: pattern } of forms) {
    const place = new RegExp(pattern.source, 'u').exec(rest)
    if (!place) continue
    found.add(start)
    rest = blanked(rest, place.index, place[0].length)
  }
  const others = new Map<string, string[]>()
  for (const [run] of rest.matchAll(RUN)) addTo(others, digitsOf(run), run)
  const missing = runs.filter(({ index }) => !found.has(index)).filter(([run]) => !others.get(digitsOf(run))?.pop())
  const groups = new Set(plain.match(/\d+/g))
  const isKnown = (run: string) => run.match(/\d+/g)?.every((each) => groups.has(each))
  const added = [...others.values()].flat().filter((run) => !isKnown(run))
  const isSaid = (run: string) => /^\d$/.test(run) && !added.length && isInWords(run, rest, languages.target)
  return [
    ...missing.filter(([run]) => !isSaid(run)).map(([run]) => `the number ${run} is missing`),
    ...added.map((run) => `the number ${run} is not in the source`),
  ]
}

function addTo(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}

const digitsOf = (run: string) => run.replace(/\D/g, '')

/** Whether a text has a digit in words; also where the language's words are not known. */
function isInWords(digit: string, text: string, language: string | undefined): boolean {
  const words = language === undefined ? undefined : WORDS[language.split('-')[0].toLowerCase()]
  if (words === undefined) return language !== undefined
  const own = words.split(' ')[Number(digit)].split('|')
  return (text.toLowerCase().match(/[\p{L}]+/gu) ?? []).some((word) => own.includes(word))
}
