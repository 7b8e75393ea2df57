import type { FastifyInstance, FastifyRequest } from 'fastify'
import { GlassformerError } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import type { PreparedGlossary } from '../../../use/translate/sentences/index.ts'
import { authorizing, clientOf, keyOf, ownerOf } from '../access/authorize.ts'
import { answering } from '../calls/answering.ts'
import { addForms } from '../calls/forms.ts'
import { pairsOf } from '../models/choose-model.ts'
import type { ServedModel } from '../models/served-model.ts'
import { type Fields, fieldsOf, oneIn, refused } from '../requests/fields.ts'
import type { Service } from '../service/service.ts'
import { textsBySource } from './choose.ts'
import { asSource, asTargets, baseCode, type DeeplLanguage, takesFormality } from './codes.ts'
import { dictionaryOf } from './dictionaries.ts'
import { documentRoutes } from './document-routes.ts'
import { sendDeeplError } from './error-json.ts'
import { Glossaries } from './glossaries.ts'
import { glossaryRoutes } from './glossary-routes.ts'
import { multilingualGlossaryRoutes } from './multilingual-glossary-routes.ts'
import { PreparedGlossaries } from './prepared-glossaries.ts'
import { languagesSchema, translateSchema, usageSchema } from './schemas.ts'
import { optionsOf, type TranslatedText, textsAsTheyAre, translateTexts } from './translate.ts'
import { type DeeplRequest, readDeeplRequest } from './translate-request.ts'

/** The source languages of models. */
const sourceLanguages = (models: readonly ServedModel[]): DeeplLanguage[] =>
  byName([...pairsOf(models).keys()].map(asSource))

/** The target languages of models, in DeepL's variants. */
function targetLanguages(models: readonly ServedModel[]): (DeeplLanguage & { supports_formality: boolean })[] {
  const codes = new Set([...pairsOf(models).values()].flatMap((targets) => [...targets]))
  return byName([...codes].flatMap(asTargets)).map((each) => ({
    ...each,
    supports_formality: takesFormality(each.language),
  }))
}

const byName = (languages: DeeplLanguage[]) => languages.sort((a, b) => a.name.localeCompare(b.name, 'en'))

/** The character limit that DeepL reports for an account without a limit. */
const NO_LIMIT = 1_000_000_000_000

/** DeepL's API v2: its clients work after a change of their address. */
export async function deepl(app: FastifyInstance, { service }: { service: Service }): Promise<void> {
  const { models } = service
  const prepared = new PreparedGlossaries()
  const glossaries = new Glossaries(service.settings.glossaries ?? null)
  app.setErrorHandler((error, _, reply) => sendDeeplError(reply, error))
  app.addHook('onRequest', authorizing(service.keys))
  addForms(app, service)

  app.post('/v2/translate', { schema: translateSchema }, async (request, reply) => {
    const asked = readDeeplRequest(fieldsOf(request.body))
    service.checkTexts(asked.texts)
    const groups = await textsBySource(models, { ...asked, pivot: service.pivot })
    if (asked.glossaries.length && groups.some(({ route }) => route.length > 1))
      throw refused('A glossary cannot be used where another language joins the languages of a request.')
    const options = service.within(optionsOf(asked, entriesFor(asked, ownerOf(request))), keyOf(request))
    return answering(service, request, reply, asked, async (signal) => {
      const translations: { detected_source_language: string; translated: TranslatedText }[] = []
      for (const { route, source, places } of groups) {
        const scheduled = { signal, client: clientOf(request) }
        const texts = places.map((place) => asked.texts[place])
        const work = { ...asked, owner: ownerOf(request), options: { ...options, ...scheduled } }
        const translated = await (route.length
          ? translateTexts(service, route, texts, work)
          : textsAsTheyAre(texts, asked, scheduled))
        for (const [i, place] of places.entries())
          translations[place] = { detected_source_language: source, translated: translated[i] }
      }
      return {
        translations: translations.map(({ translated, ...translation }, i) => ({
          ...translation,
          text: translated.text,
          ...(asked.showConfidence && { confidence: translated.confidence }),
          ...(asked.showBilled && { billed_characters: [...asked.texts[i]].length }),
          ...(asked.modelType && { model_type_used: asked.modelType.replace('prefer_', '') }),
        })),
      }
    })
  })

  app.get('/v2/languages', { schema: languagesSchema }, async (request) => {
    const fields = { ...(await bodyOfGet(request)), ...fieldsOf(request.query) }
    const type = oneIn(fields, 'type', ['source', 'target']) ?? 'source'
    return type === 'source' ? sourceLanguages(models.list) : targetLanguages(models.list)
  })

  app.get('/v2/usage', { schema: usageSchema }, async (request) => {
    const key = keyOf(request)
    return {
      character_count: service.usage.of(key),
      character_limit: key?.characters ?? NO_LIMIT,
    }
  })

  documentRoutes(app, service, (asked, request) => entriesFor(asked, ownerOf(request)))
  await glossaryRoutes(app, service, glossaries)
  await multilingualGlossaryRoutes(app, service, glossaries)

  /**
   * The entries of a request's glossaries; undefined where it names none. @throws GlassformerError ERR_NOT_FOUND,
   * ERR_INPUT
   */
  function entriesFor({ glossaries: ids, source, target }: DeeplRequest, owner: string): PreparedGlossary | undefined {
    if (!ids.length) return undefined
    const found = ids.map((id) => {
      const dictionary = dictionaryOf(glossaries.find(id, owner), {
        source: baseCode(present(source)),
        target: baseCode(target),
      })
      if (!dictionary) throw refused('The glossary has other languages than the request.')
      return dictionary.entries
    })
    return prepared.of([baseCode(present(source)), baseCode(target), ...ids].join(' '), found)
  }
}

/** The maximum body size of a GET in bytes. */
const MOST = 4096

/** The form that DeepL's Python client sends with a GET, where others send a query. */
async function bodyOfGet({ raw }: FastifyRequest): Promise<Fields> {
  if (!/^application\/x-www-form-urlencoded/.test(raw.headers['content-type'] ?? '')) return {}
  let body = ''
  for await (const part of raw) {
    body += part
    if (body.length > MOST) throw new GlassformerError('ERR_INPUT_TOO_LONG', 'the body of a GET is too long')
  }
  return Object.fromEntries(new URLSearchParams(body))
}
