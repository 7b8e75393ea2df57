import { readFileSync } from 'node:fs'
import { corpusBleu } from '#dist/learn/evaluate/bleu.js'

/** The measurement of one kind of rough lines. */
export interface RoughScore {
  kind: string
  /** A ratio of two BLEU scores, or a number of lines. */
  value: number
  /** The number of lines that are counted; without it, `value` is a ratio. */
  of?: number
  goal: number
  /** Whether the goal is a maximum, and not a minimum. */
  most?: true
}

/** Translates lines, in their order. */
export type TranslateLines = (lines: readonly string[]) => Promise<string[]>

/** A sentence of the Tatoeba test, and its references. */
export interface RoughSentence {
  source: string
  references: string[]
}

/** A line with texts that must be whole in its translation, in their order. */
export interface RoughLine {
  kind: 'number' | 'name' | 'token'
  line: string
  whole: string[]
}

const lines = (file: string) =>
  readFileSync(new URL(file, ROUGH), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))

/** test/rough, from bench/harness and from bench/dist/harness. */
const ROUGH = new URL(
  import.meta.url.includes('/bench/dist/') ? '../../../test/rough/' : '../../test/rough/',
  import.meta.url,
)

/** The sentences of test/rough/sentences.tsv. */
export const roughSentences = (): RoughSentence[] =>
  lines('sentences.tsv').map(([source, ...references]) => ({ source, references }))

/** The lines of test/rough/lines.tsv. */
export const roughLines = (): RoughLine[] =>
  lines('lines.tsv').map(([kind, line, ...whole]) => ({ kind: kind as RoughLine['kind'], line, whole }))

/** Translates the sentences unchanged, three per line, in capitals, and in lower case; and then the lines. */
export async function* scoreRough(
  translate: TranslateLines,
  sentences: readonly RoughSentence[],
  withWhole: readonly RoughLine[],
): AsyncGenerator<RoughScore> {
  const loops = { lines: 0, of: 0 }
  const translated = async (sources: readonly string[]) => {
    const translations = await translate(sources)
    loops.of += sources.length
    loops.lines += translations.filter((text, i) => hasLoop(text) && !hasLoop(sources[i])).length
    return translations
  }
  const sources = sentences.map(({ source }) => source)
  const references = sentences.map(({ references }) => references)
  const plain = await translated(sources)

  const threes = inThrees(sources)
  yield {
    kind: 'three sentences on one line, BLEU beside one a line',
    value: ratio(
      bleu(await translated(threes), inThrees(references.map(([first]) => first)).map(list)),
      bleu(inThrees(plain), inThrees(references.map(([first]) => first)).map(list)),
    ),
    goal: 0.99,
  }
  const caseless = (texts: readonly string[]) => corpusBleu(texts, references, { lowercase: true }).score
  yield {
    kind: 'in capitals, BLEU without case beside the plain line',
    value: ratio(caseless(await translated(sources.map((source) => source.toLocaleUpperCase('fr')))), caseless(plain)),
    goal: 0.85,
  }
  const unended = (text: string) => text.replace(/\.$/, '')
  const typed = references.map((list) => list.map(unended))
  const withoutStop = (texts: readonly string[]) => corpusBleu(texts.map(unended), typed, { lowercase: true }).score
  yield {
    kind: 'lower case without the full stop, BLEU without both beside the plain line',
    value: ratio(
      withoutStop(await translated(sources.map((source) => unended(source.toLocaleLowerCase('fr'))))),
      withoutStop(plain),
    ),
    goal: 0.97,
  }
  for (const { kind, says, share } of KINDS) {
    const some = withWhole.filter((line) => line.kind === kind)
    const translations = await translated(some.map(({ line }) => line))
    const value = some.filter(({ whole }, i) => comesOutWhole(kind, whole, translations[i])).length
    yield { kind: says, value, of: some.length, goal: Math.ceil(share * some.length) }
  }
  const goal = Math.floor((loops.of * MOST_LOOPS) / LOOPS_OF)
  yield {
    kind: 'lines with a token or a few characters four and more times in a row',
    value: loops.lines,
    of: loops.of,
    goal,
    most: true,
  }
}

/** The minimum share of lines of each kind with whole texts. */
const KINDS = [
  { kind: 'number', says: 'numbers of 1 to 7 digits come out whole', share: 0.99 },
  { kind: 'name', says: 'names of people and towns come out whole', share: 0.9 },
  { kind: 'token', says: 'placeholders, tags, entities, URLs, e-mail addresses come out whole and in order', share: 1 },
] as const

/** At most 10 of 4,833 lines may repeat themselves. */
const MOST_LOOPS = 10
const LOOPS_OF = 4833

const bleu = (texts: readonly string[], references: readonly string[][]) => corpusBleu(texts, references).score
const ratio = (score: number, beside: number) => score / beside
const list = (text: string) => [text]

/** Each three texts joined by spaces. */
function inThrees(texts: readonly string[]): string[] {
  return Array.from({ length: Math.floor(texts.length / 3) }, (_, i) => texts.slice(3 * i, 3 * i + 3).join(' '))
}

/** Whether a translation has these texts: names and numbers as whole words anywhere, tokens in their order. */
export function comesOutWhole(kind: RoughLine['kind'], whole: readonly string[], translation: string): boolean {
  if (kind !== 'token') return whole.every((text) => asWord(text).test(translation))
  let at = 0
  for (const text of whole) {
    const found = translation.indexOf(text, at)
    if (found < 0) return false
    at = found + text.length
  }
  return true
}

const asWord = (text: string) =>
  new RegExp(`(?<![\\p{L}\\p{N}])${text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(?![\\p{L}\\p{N}])`, 'u')

/** Words, or up to eight letters, four times in a row. */
const LOOP = /(?<!\S)(\S+(?: \S+){0,3})(?: \1){3}(?!\S)|([\p{L}\p{M}]{1,8}?)\2{3}/iu

export function hasLoop(text: string): boolean {
  return LOOP.test(text)
}
