import type { Chosen } from '../models/choose-model.ts'
import { type DetectedSource, detectedEach, sourceDetector } from '../models/detect-source.ts'
import { chooseRoute } from '../models/route.ts'
import type { Service } from '../service/service.ts'
import type { TranslateRequest } from './translate-request.ts'

/** A language as an answer tells it. */
export interface DetectedJson {
  language: string
  probability: number
}

/** Texts of a request that the same models translate. */
export interface TextGroup {
  route: readonly Chosen[]
  /** The places of the texts in the request, and the language of each where it was detected. */
  texts: { place: number; detected?: DetectedJson }[]
}

/**
 * The texts of a request by their languages, which are detected text by text where the source is `auto`; there is at
 * least one group. @throws GlassformerError as `chooseRoute`
 */
export async function textGroups(service: Service, request: TranslateRequest): Promise<TextGroup[]> {
  const { texts, source, target, model } = request
  const { models, pivot } = service
  if (source !== 'auto' || !texts.length) {
    const route = chooseRoute(models, { model, target, source: source === 'auto' ? undefined : source }, pivot)
    return [{ route, texts: texts.map((_, place) => ({ place })) }]
  }
  const candidates = model === undefined ? models.list : [models.named(model)]
  const found = await detectedEach(texts, sourceDetector({ models: candidates, target, pivot }))
  const groups = new Map<string | undefined, TextGroup>()
  for (const [place, each] of found.entries()) {
    const language = each?.language
    const group = groups.get(language) ?? {
      route: chooseRoute(models, { model, target, source: language }, pivot),
      texts: [],
    }
    groups.set(language, group)
    group.texts.push({ place, ...(each && { detected: detectedJson(each) }) })
  }
  return [...groups.values()]
}

/** A probability from which on a language is named. */
const NAMED = 0.5

/** A language of less probability is unknown. */
export const detectedJson = ({ language, confidence }: DetectedSource): DetectedJson => ({
  language: confidence >= NAMED ? language : 'unknown',
  probability: Math.round(confidence * 1000) / 1000,
})
