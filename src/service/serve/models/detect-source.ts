import { setImmediate as nextTurn } from 'node:timers/promises'
import { present } from '../../../base/present.ts'
import { plainTag } from './choose-model.ts'
import { detector, hasWords } from './detect.ts'
import { codeIn } from './model-languages.ts'
import type { ServedModel } from './served-model.ts'

/** The language of a text, and the confidence from 0 to 1. */
export interface DetectedSource {
  language: string
  confidence: number
}

/** Models, the target language that is asked for, and the language through which texts may go. */
interface Wanted {
  models: readonly ServedModel[]
  target: string | undefined
  pivot: string | undefined
}

/**
 * Detects the language of a text, among those from which the models translate into the target. Where nothing indicates
 * a language, the result is the first of these; undefined where there are none.
 */
export const detectSource = (text: string, wanted: Wanted): DetectedSource | undefined => sourceDetector(wanted)(text)

/** As `detectSource`, for many texts. */
export function sourceDetector({ models, target, pivot }: Wanted): (text: string) => DetectedSource | undefined {
  const pairs = target === undefined ? pairsInto(models, target) : routesInto(models, target, pivot)
  const sources = new Set(pairs.map(({ source }) => source))
  const detect = detector([...sources])
  return (text) => {
    const [best] = detect(text)
    return best ? { language: best.language, confidence: best.confidence } : unknown(sources)
  }
}

/** A probability from which on a text has told its language by itself. */
const TOLD = 0.5

/**
 * The language of each text by itself; a text that does not tell its own, as a single name, has that of all texts
 * together. Other requests run between the texts, which take a millisecond each.
 */
export async function detectedEach<T extends DetectedSource | undefined>(
  texts: readonly string[],
  detect: (text: string) => T,
): Promise<T[]> {
  const found: T[] = []
  let ofAll: T | undefined
  for (const [place, text] of texts.entries()) {
    if (place % AT_ONCE === AT_ONCE - 1) await nextTurn()
    const own = detect(text)
    const isTold = own !== undefined && own.confidence >= TOLD
    if (!isTold) ofAll ??= texts.length === 1 ? own : detect(texts.join('\n'))
    found.push(isTold ? own : present(ofAll))
  }
  return found
}

/** The number of texts whose language is detected at once. */
const AT_ONCE = 4

/** The result of `sourceOrTargetDetector`. */
export type SourceOrTarget = (DetectedSource & { isTarget: boolean }) | undefined

/**
 * Detects the languages of many texts, and recognizes a text that is clearly in the target language already: it needs
 * no translation.
 */
export function sourceOrTargetDetector(
  models: readonly ServedModel[],
  target: string,
  pivot?: string,
): (text: string) => SourceOrTarget {
  const others = routesInto(models, target, pivot).filter(({ source, into }) => plainTag(source) !== plainTag(into))
  const sources = new Set(others.map(({ source }) => source))
  const detect = detector([...sources, target])
  return (text) => {
    const likely = detect(text)
    const same = likely.find(({ language }) => language === target)
    const found = likely.find((each) => each !== same)
    const isTarget =
      same !== undefined &&
      same.likeness >= SURE &&
      same.likeness > CLEARLY * (found?.likeness ?? 0) &&
      hasWords(text, WORDS)
    const chosen = (isTarget ? same : found) ?? unknown(sources)
    return chosen && { language: chosen.language, confidence: chosen.confidence, isTarget }
  }
}

/**
 * The conditions for a text to count as one in the target language. By these conditions, none of 3,000 French sentences
 * of Tatoeba counts as English, and six in seven of their translations do; single words are recognized less often.
 */
const SURE = 0.5
const CLEARLY = 1.5
const WORDS = 3

/** The languages from which models translate into the target, by the codes of each model. */
function pairsInto(models: readonly ServedModel[], target: string | undefined): { source: string; into: string }[] {
  return models.flatMap(({ languages }) => {
    const into = target === undefined ? '' : codeIn(languages.target, target)
    return into === undefined ? [] : (languages.source?.codes.map((source) => ({ source, into })) ?? [])
  })
}

/** The source languages including those by way of a pivot, where a model translates from the pivot into the target. */
function routesInto(models: readonly ServedModel[], target: string, pivot: string | undefined) {
  const direct = pairsInto(models, target)
  if (pivot === undefined || !direct.some(({ source }) => plainTag(source) === plainTag(pivot))) return direct
  return [...direct, ...pairsInto(models, pivot).map(({ source }) => ({ source, into: direct[0].into }))]
}

/** The first of these languages, with no confidence. */
function unknown([first]: Iterable<string>): DetectedSource | undefined {
  return first === undefined ? undefined : { language: first, confidence: 0 }
}
