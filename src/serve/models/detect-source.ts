import { detected } from '../detect.ts'
import { codeIn } from './model-languages.ts'
import type { ServedModel } from './served-model.ts'

/** The language of texts, and how sure that is, 0 to 1. */
export interface DetectedSource {
  language: string
  confidence: number
}

/**
 * The language of texts, among those from which the models translate into the target. Where nothing tells, it is the first of these;
 * undefined where there are none.
 */
export function detectSource(
  models: readonly ServedModel[],
  text: string,
  target: string | undefined,
): DetectedSource | undefined {
  const codes = models
    .filter(({ languages }) => target === undefined || codeIn(languages.target, target) !== undefined)
    .flatMap(({ languages }) => languages.source?.codes ?? [])
  const [first] = codes
  return (
    detected(text, [...new Set(codes)])[0] ?? (first === undefined ? undefined : { language: first, confidence: 0 })
  )
}
