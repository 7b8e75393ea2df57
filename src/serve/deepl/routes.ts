import type { FastifyInstance } from 'fastify'
import { authorizing, keyOf } from '../access/authorize.ts'
import { addForms } from '../forms.ts'
import { callSignal } from '../running/call-signal.ts'
import type { Service } from '../service.ts'
import { chooseFor } from './choose.ts'
import { baseCode, deeplCode } from './codes.ts'
import { sendDeeplError } from './error-json.ts'
import { fieldsOf, oneIn, refused } from './fields.ts'
import { Glossaries } from './glossaries.ts'
import { glossaryRoutes } from './glossary-routes.ts'
import { sourceLanguages, targetLanguages } from './languages.ts'
import { languagesSchema, translateSchema, usageSchema } from './schemas.ts'
import { optionsOf, translateTexts } from './translate.ts'
import { readDeeplRequest } from './translate-request.ts'

/** Characters that DeepL says an account has where it has no limit. */
const NO_LIMIT = 1_000_000_000_000

/** DeepL's API v2: its clients work when their address is changed. */
export async function deepl(app: FastifyInstance, { service }: { service: Service }): Promise<void> {
  const { models } = service
  const glossaries = new Glossaries(service.settings.glossaries ?? null)
  app.setErrorHandler((error, _, reply) => sendDeeplError(reply, error))
  app.addHook('onRequest', authorizing(service.keys))
  addForms(app)

  app.post('/v2/translate', { schema: translateSchema }, async (request, reply) => {
    const asked = readDeeplRequest(fieldsOf(request.body))
    service.checkTexts(asked.texts)
    const chosen = chooseFor(models, asked, asked.texts.join('\n'))
    const glossary =
      asked.glossary === undefined ? undefined : glossaries.find(asked.glossary, keyOf(request)?.name ?? '')
    if (glossary && (glossary.source !== baseCode(asked.source!) || glossary.target !== baseCode(asked.target)))
      throw refused('The glossary has other languages than the request.')
    const call = callSignal(reply.raw, service.secondsFor(undefined))
    const takenBack = service.take(keyOf(request), asked.texts)
    try {
      const options = { ...service.within(optionsOf(asked, glossary?.entries)), ...chosen.told, signal: call.signal }
      const texts = await service.use(chosen.model, call.signal, (translator) =>
        translateTexts(translator, asked, options),
      )
      const detected = deeplCode(chosen.source ?? asked.source ?? '')
      return {
        translations: texts.map((text, i) => ({
          detected_source_language: detected,
          text,
          ...(asked.showBilled && { billed_characters: [...asked.texts[i]].length }),
          ...(asked.modelType && { model_type_used: asked.modelType.replace('prefer_', '') }),
        })),
      }
    } catch (error) {
      takenBack()
      throw call.errorFor(error)
    } finally {
      call.end()
    }
  })

  app.get('/v2/languages', { schema: languagesSchema }, async (request) => {
    const type = oneIn(fieldsOf(request.query), 'type', ['source', 'target']) ?? 'source'
    return type === 'source' ? sourceLanguages(models.list) : targetLanguages(models.list)
  })

  app.get('/v2/usage', { schema: usageSchema }, async (request) => {
    const key = keyOf(request)
    return {
      character_count: service.usage.of(key),
      character_limit: key?.characters ?? NO_LIMIT,
    }
  })

  await glossaryRoutes(app, models, glossaries)
}
