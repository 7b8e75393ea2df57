import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GlassformerError } from '../../../base/errors.ts'
import { documentFormats, extensionsOf } from '../../../language/markup/document/formats.ts'
import type { TranslateOptions } from '../../../use/translate/options/options.ts'
import { authorize, clientOf, keyInHeader, keyOf, ownerOf } from '../access/authorize.ts'
import { answering } from '../calls/answering.ts'
import { addForms } from '../calls/forms.ts'
import { memoriesFor } from '../calls/route-memories.ts'
import { translateVia } from '../calls/translate-via.ts'
import { type Chosen, chooseModel, pairsOf, plainTag } from '../models/choose-model.ts'
import { detector } from '../models/detect.ts'
import {
  type DetectedSource,
  detectedEach,
  type SourceOrTarget,
  sourceOrTargetDetector,
} from '../models/detect-source.ts'
import { languageName } from '../models/model-languages.ts'
import { chooseRoute, routedPairs } from '../models/route.ts'
import { type Fields, fieldsOf } from '../requests/fields.ts'
import type { Service } from '../service/service.ts'
import { sendLibreError } from './error-json.ts'
import { fileRoutes } from './file-routes.ts'
import { detectSchema, languagesSchema, settingsSchema, translateSchema } from './schemas.ts'
import { type LibreRequest, readLibreRequest, textsIn } from './translate-request.ts'

/** The extensions of files that are translated; tables need columns, which LibreTranslate's clients do not send. */
const FILE_FORMATS = documentFormats
  .filter((format) => format !== 'csv' && format !== 'tsv')
  .flatMap((format) => extensionsOf(format).map((extension) => `.${extension}`))

/** LibreTranslate's API: its clients work after a change of their address. */
export async function libretranslate(app: FastifyInstance, { service }: { service: Service }): Promise<void> {
  const { models } = service
  app.setErrorHandler((error, _, reply) => sendLibreError(reply, error))
  addForms(app, service)

  app.post('/translate', { schema: translateSchema, onRequest: known }, async (request, reply) => {
    const asked = readLibreRequest(authorized(request, reply), service.settings.beams - 1)
    service.checkTexts(asked.texts)
    const isAuto = asked.source === 'auto'
    const found: readonly SourceOrTarget[] = isAuto
      ? await detectedEach(asked.texts, sourceOrTargetDetector(models.list, asked.target, service.pivot))
      : asked.texts.map(() => undefined)
    const groups = groupsFor(asked, found)
    return answering(service, request, reply, asked, async (signal) => {
      const translations: LibreTranslation[] = asked.texts.map((text) => ({ text, others: [], confidence: null }))
      for (const { route, places } of groups) {
        if (!route.length) continue // texts in the target language stay as they are
        const texts = places.map((place) => asked.texts[place])
        const scheduled = { ...service.within({}, keyOf(request)), client: clientOf(request), signal }
        const own = await translateLibre(service, route, { ...asked, texts, owner: ownerOf(request) }, scheduled)
        for (const [i, place] of places.entries()) translations[place] = own[i]
      }
      const oneOrAll = <T>(list: T[]) => (asked.isOne ? list[0] : list)
      const languages = found.map((each) => each && detectedJson(each))
      return {
        translatedText: oneOrAll(translations.map(({ text }) => text)),
        ...(isAuto && languages.every(Boolean) && { detectedLanguage: oneOrAll(languages) }),
        ...(asked.confidence && { confidence: oneOrAll(translations.map(({ confidence }) => confidence)) }),
        ...(asked.alternatives > 0 && { alternatives: oneOrAll(translations.map(({ others }) => others)) }),
      }
    })
  })

  app.post('/detect', { schema: detectSchema, onRequest: known }, async (request, reply) => {
    const { texts } = textsIn(authorized(request, reply))
    service.checkTexts(texts)
    const found = detector(allLanguages())(texts.join('\n'))
    const best = found.length ? found : [{ language: allLanguages()[0] ?? 'en', confidence: 0 }]
    return best.map(detectedJson)
  })

  app.get('/languages', { schema: languagesSchema }, async () => {
    const pairs = routedPairs(models.list, service.pivot)
    return allLanguages().map((code) => ({
      code,
      name: languageName(code),
      targets: [...(pairs.get(code) ?? []), code].sort(),
    }))
  })

  app.get('/frontend/settings', { schema: settingsSchema }, async () => {
    const target = [...(pairsOf(models.list).values().next().value ?? ['en'])][0]
    return {
      apiKeys: service.keys.areNeeded,
      keyRequired: service.keys.areNeeded,
      charLimit: service.settings.characters,
      frontendTimeout: 500,
      filesTranslation: true,
      supportedFilesFormat: FILE_FORMATS,
      suggestions: false,
      language: { source: { code: 'auto', name: 'Auto Detect' }, target: { code: target, name: languageName(target) } },
    }
  })

  fileRoutes(app, service, {
    authorized,
    known,
    routeOf(asked, beginning) {
      const isAuto = asked.source === 'auto'
      const detect = () => sourceOrTargetDetector(models.list, asked.target, service.pivot)(beginning)
      return routeFor(asked, isAuto ? detect() : undefined)
    },
  })

  /** The languages of all models, including target languages. */
  function allLanguages(): string[] {
    const pairs = pairsOf(models.list)
    return [...new Set([...pairs.keys(), ...[...pairs.values()].flatMap((targets) => [...targets])])]
  }

  /**
   * The fields of a request, some of which may be in its address, after its key has been checked. @throws
   * GlassformerError ERR_KEY
   */
  function authorized(request: FastifyRequest, reply: FastifyReply): Fields {
    const fields = { ...(request.query as Fields), ...(request.body === undefined ? {} : fieldsOf(request.body)) }
    if (!keyOf(request)) authorize(service.keys, request, reply, textOf(fields.api_key))
    return fields
  }

  /**
   * Checks a key that is known before the body, so that a client with a wrong key sends no body. @throws
   * GlassformerError ERR_KEY
   */
  async function known(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const given = textOf((request.query as Fields).api_key) ?? keyInHeader(request.headers.authorization)
    if (given !== undefined) authorize(service.keys, request, reply, given)
  }

  /** The texts of a request by their languages, with the models for each. */
  function groupsFor(asked: LibreRequest, found: readonly SourceOrTarget[]): { route: Chosen[]; places: number[] }[] {
    const groups = new Map<string, { route: Chosen[]; places: number[] }>()
    for (const [place, each] of found.entries()) {
      const key = JSON.stringify([each?.language, each?.isTarget])
      const group = groups.get(key) ?? { route: routeFor(asked, each), places: [] }
      groups.set(key, group)
      group.places.push(place)
    }
    return [...groups.values()]
  }

  /** The models of a request in order; none for a translation from a language into itself. */
  function routeFor(
    { source: asked, target }: Pick<LibreRequest, 'source' | 'target'>,
    found: SourceOrTarget,
  ): Chosen[] {
    const source = asked === 'auto' ? found?.language : asked
    const into = plainTag(target)
    if (source !== undefined && plainTag(source) === into && allLanguages().includes(into)) return []
    orNotSupported(() => chooseModel(models, { target }), target)
    if (found?.isTarget) return []
    return orNotSupported(() => chooseRoute(models, { source, target }, service.pivot), source ?? asked)
  }
}

/** @throws GlassformerError ERR_INPUT in LibreTranslate's words, where no model has a language */
function orNotSupported<T>(choose: () => T, language: string): T {
  try {
    return choose()
  } catch (error) {
    if (!(error instanceof GlassformerError)) throw error
    throw new GlassformerError('ERR_INPUT', `${language.slice(0, 40)} is not supported`)
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined)

const detectedJson = ({ language, confidence }: DetectedSource) => ({
  confidence: percent(confidence),
  language: plainTag(language),
})

const percent = (confidence: number): number => Math.round(confidence * 1000) / 10

/** A translation, and alternatives for the same text. */
interface LibreTranslation {
  text: string
  others: string[]
  /** How probably the translation is right, from 0 to 1; null for a document, and for a text that is not translated. */
  confidence: number | null
}

/** Translates the texts of a request, after the memories of its owner have been asked. A document has one translation. */
async function translateLibre(
  service: Service,
  route: readonly Chosen[],
  { texts, format, alternatives: others, confidence, owner }: LibreRequest & { owner: string },
  scheduled: TranslateOptions & { signal: AbortSignal },
): Promise<LibreTranslation[]> {
  const needed = others + 1
  const isText = format === 'text'
  const translations = await translateVia(service, route, texts, {
    options: { ...scheduled, format },
    memories: memoriesFor(service, owner, route),
    ofLast: ({ model }) => ({
      ...(isText && others > 0 && { alternatives: needed }),
      ...(isText && needed > model.defaults.beams && { beams: needed }),
      ...(isText && confidence && { confidence }),
    }),
  })
  return translations.map(({ text, alternatives = [], confidence: found }) => ({
    text,
    confidence: found?.score ?? null,
    others: alternatives.slice(1).map((each) => each.text),
  }))
}
