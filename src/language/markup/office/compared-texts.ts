import { decodeXML } from 'entities'

/** Functions that compare texts of cells with a text that they are given, in the whole or by wildcards. */
const LOOKUPS =
  /^(?:[VHX]?LOOKUP|X?MATCH|(?:COUNT|SUM|AVERAGE)IFS?|(?:MAX|MIN)IFS|EXACT|SWITCH|GETPIVOTDATA|D(?:AVERAGE|COUNTA?|GET|MAX|MIN|PRODUCT|SUM))$/
/** Functions that find a text within those of cells. */
const FINDERS = /^(?:SEARCH|FIND|SUBSTITUTE)B?$/

/** A text, a sheet's name, a function or a name, a bracket, a comparison, or others. */
const TOKEN =
  /"((?:[^"]|"")*)"|'(?:[^']|'')*'|([A-Za-z_][\w.]*)\s*(\(?)|([(){}])|(<>|[<>]=?|=)|[^"'(){}<>=A-Za-z_]+|[\s\S]/g

/** The most texts of formulas that are kept, and the characters of the longest one: Excel has none that are longer. */
export const MOST_COMPARED = 10_000
const LONGEST = 255

/** The texts that the formulas of a sheet compare with cells, as criteria: `*` and `?` stand for any characters. */
export function comparedIn(sheet: string): string[] {
  const found = Array.from(
    sheet.matchAll(/<(?:[\w.-]+:)?formula[12]?\b[^<>]*>([^<]+)<|<(?:[\w.-]+:)?f\b[^<>]*>([^<]+)</g),
  )
  return found.flatMap(([, rule, formula]) => comparedBy(decodeXML(rule ?? formula)))
}

/** The texts that a formula compares; a list of choices for a cell is compared whole. */
export function comparedBy(formula: string): string[] {
  const list = /^\s*"([^"]*)"\s*$/.exec(formula)
  if (list) return list[1].split(',').map((each) => literal(each.trim()))
  const compared: string[] = []
  const open: string[] = []
  const tokens = Array.from(formula.matchAll(TOKEN)).filter(([all]) => all.trim() !== '')
  tokens.forEach(([all, text, name, call, bracket], i) => {
    if (call || bracket === '(') open.push((name ?? '').replace(/^_xl\w+\./i, '').toUpperCase())
    if (bracket === ')') open.pop()
    if (text === undefined || all[0] !== '"' || text.length > LONGEST) return
    const own = text.replaceAll('""', '"')
    const within = open.at(-1) ?? ''
    if (tokens[i - 1]?.[5] || tokens[i + 1]?.[5]) compared.push(literal(own))
    else if (LOOKUPS.test(within)) compared.push(own.replace(/^(?:<>|[<>]=?|=)/, ''))
    else if (FINDERS.test(within)) compared.push(`*${literal(own)}*`)
  })
  return compared
}

/** A text in which no character stands for others. */
const literal = (text: string) => text.replace(/[*?~]/g, '~$&')

/** Tells whether a text is one that formulas compare. Case does not count, as in Excel. */
export function comparisonWith(compared: readonly string[]): (text: string) => boolean {
  const whole = new Set<string>()
  const patterns: string[][] = []
  for (const each of compared) {
    const parts = each.toLowerCase().match(/~[*?~]|[\s\S]/g) ?? []
    if (parts.some((part) => part === '*' || part === '?')) patterns.push(parts)
    else whole.add(parts.map(plain).join(''))
  }
  return (given) => {
    const text = given.trim().toLowerCase()
    return whole.has(text) || (text.length <= LONGEST && patterns.some((pattern) => matches(pattern, text)))
  }
}

const plain = (part: string) => (part.length === 2 && part[0] === '~' ? part[1] : part)

/** Whether a pattern of characters, `*` and `?` is a whole text. It goes back to the last `*` alone. */
function matches(pattern: readonly string[], text: string): boolean {
  let [at, rule] = [0, 0]
  let [star, from] = [-1, 0]
  while (at < text.length) {
    const part = pattern[rule]
    if (part === '*') [star, from] = [rule++, at]
    else if (part === '?' || (part !== undefined && plain(part) === text[at])) [at, rule] = [at + 1, rule + 1]
    else if (star < 0) return false
    else [at, rule] = [++from, star + 1]
  }
  return pattern.slice(rule).every((part) => part === '*')
}
