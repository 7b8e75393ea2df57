import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaOf } from '../../../base/schema/json-schema.ts'
import { inFile } from '../../../base/schema/place.ts'
import { read, settings } from '../../../base/schema/settings.ts'
import { either, listOf, text } from '../../../base/schema/types.ts'
import { detectable, detector } from '../models/detect.ts'
import { failuresOf } from '../requests/answers.ts'
import { errorSchema } from '../requests/error-json.ts'
import { jsonInSlices } from '../running/json-in-slices.ts'
import type { Service } from '../service/service.ts'
import { type DetectedJson, detectedJson } from './text-groups.ts'

const detectFields = settings({
  text: { type: either(text, listOf(text, 'a list of texts')), says: 'the text, or a list of texts' },
})

/** The language of a text, and others that it may be in. */
interface Detection extends DetectedJson {
  candidates: DetectedJson[]
}

/** Candidates that an answer has, and their least probability. */
const MOST_CANDIDATES = 5
const LEAST = 0.01

/** The number of texts that are detected at once, a millisecond each; between such groups other requests run. */
const AT_ONCE = 4

/** The route that tells the languages of texts, each by itself, among all languages that can be detected. */
export async function detectRoute(app: FastifyInstance, { service }: { service: Service }): Promise<void> {
  app.post('/v1/detect', { schema: detectSchema }, async (request, reply) => {
    const { text } = read(detectFields, request.body, inFile('the request', 'ERR_OPTION'))
    const texts = typeof text === 'string' ? [text] : text
    service.checkTexts(texts)
    const detect = detector(detectable)
    const detections: Detection[] = []
    for (const [place, each] of texts.entries()) {
      if (place % AT_ONCE === AT_ONCE - 1) await nextTurn()
      const found = detect(each)
      const candidates = found.slice(0, MOST_CANDIDATES).filter(({ confidence }) => confidence >= LEAST)
      detections.push({
        ...detectedJson(found[0] ?? { language: 'unknown', confidence: 0 }),
        candidates: candidates.map(({ language, confidence }) => ({
          ...detectedJson({ language, confidence }),
          language,
        })),
      })
    }
    reply.type('application/json; charset=utf-8')
    return jsonInSlices({ detections })
  })
}

/** The language that an answer tells, as a schema. */
export const detectedSchema = {
  type: 'object',
  properties: {
    language: { type: 'string', description: 'its code; unknown where no language has a probability of a half' },
    probability: { type: 'number', description: 'of the likeliest language, from 0 to 1' },
  },
  required: ['language', 'probability'],
}

const detectSchema = {
  tags: ['v1'],
  summary: 'Says in which language each text is',
  body: jsonSchemaOf(detectFields),
  response: {
    200: {
      description: 'The language of each text, in order.',
      type: 'object',
      properties: {
        detections: {
          type: 'array',
          items: {
            ...detectedSchema,
            properties: {
              ...detectedSchema.properties,
              candidates: { type: 'array', items: detectedSchema, description: 'the likeliest first' },
            },
            required: ['language', 'probability', 'candidates'],
          },
        },
      },
      required: ['detections'],
    },
    ...failuresOf([400, 401, 408, 413, 414, 415, 431, 500, 503], errorSchema),
  },
}
