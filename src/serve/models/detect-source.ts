import { detected, hasWords } from '../detect.ts'
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
export const detectSource = (
  models: readonly ServedModel[],
  text: string,
  target: string | undefined,
): DetectedSource | undefined =>
  likeliest(
    text,
    pairsInto(models, target).map(({ source }) => source),
  )

/** The same, but a text that is clearly in the target language already is said to be so: there is nothing to translate. */
export function detectSourceOrTarget(
  models: readonly ServedModel[],
  text: string,
  target: string,
): (DetectedSource & { isTarget: boolean }) | undefined {
  const others = pairsInto(models, target).filter(({ source, into }) => plainTag(source) !== plainTag(into))
  const found = likeliest(
    text,
    others.map(({ source }) => source),
  )
  const [same] = detected(text, [target])
  const isTarget =
    same?.confidence >= SURE && same.confidence > CLEARLY * (found?.confidence ?? 0) && hasWords(text, WORDS)
  return isTarget ? { ...same, isTarget } : found && { ...found, isTarget }
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

function likeliest(text: string, codes: readonly string[]): DetectedSource | undefined {
  const [first] = codes
  return (
    detected(text, [...new Set(codes)])[0] ?? (first === undefined ? undefined : { language: first, confidence: 0 })
  )
}
