import { detector, hasWords } from '../detect.ts'
import { plainTag } from './choose-model.ts'
import { codeIn } from './model-languages.ts'
import type { ServedModel } from './served-model.ts'

/** The language of a text, and how sure that is, 0 to 1. */
export interface DetectedSource {
  language: string
  confidence: number
}

/**
 * The language of a text, among those from which the models translate into the target. Where nothing tells, it is the first of these;
 * undefined where there are none.
 */
export function detectSource(
  models: readonly ServedModel[],
  text: string,
  target: string | undefined,
): DetectedSource | undefined {
  const sources = new Set(pairsInto(models, target).map(({ source }) => source))
  return detector([...sources])(text)[0] ?? unknown(sources)
}

/** What `sourceOrTargetDetector` finds. */
export type SourceOrTarget = (DetectedSource & { isTarget: boolean }) | undefined

/** Does the same for many texts, but says of one that is clearly in the target language already that it is: there is nothing to translate. */
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
    const found = likely.find((each) => each !== same) ?? unknown(sources)
    const isTarget =
      same !== undefined &&
      same.confidence >= SURE &&
      same.confidence > CLEARLY * (found?.confidence ?? 0) &&
      hasWords(text, WORDS)
    return isTarget ? { ...same, isTarget } : found && { ...found, isTarget }
  }
}

/**
 * What makes a text one of the target language. Of 3,000 French sentences of Tatoeba none is English by this, and six in seven of their
 * translations are; single words are told apart less well.
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

/** The same, by way of a pivot too, where there is a model out of it into the target. */
function routesInto(models: readonly ServedModel[], target: string, pivot: string | undefined) {
  const direct = pairsInto(models, target)
  if (pivot === undefined || !direct.some(({ source }) => plainTag(source) === plainTag(pivot))) return direct
  return [...direct, ...pairsInto(models, pivot).map(({ source }) => ({ source, into: direct[0].into }))]
}

/** The first of these languages, of which nothing tells. */
function unknown([first]: Iterable<string>): DetectedSource | undefined {
  return first === undefined ? undefined : { language: first, confidence: 0 }
}
