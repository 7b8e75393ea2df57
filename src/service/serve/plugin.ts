import type { FastifyInstance } from 'fastify'
import { inOptions } from '../../base/schema/place.ts'
import { type Given, read } from '../../base/schema/settings.ts'
import type { LoadOptions } from '../../use/translate/options.ts'
import { deepl } from './deepl/routes.ts'
import { addDescription } from './describe.ts'
import { libretranslate } from './libretranslate/routes.ts'
import { health } from './running/health.ts'
import { Service } from './service.ts'
import { serviceSettings } from './settings.ts'
import { sendProblem } from './v1/error-json.ts'
import { v1 } from './v1/routes.ts'
import { addMetrics } from './watching/metrics.ts'

/** What the plugin serves. */
export interface ServeOptions extends Given<typeof serviceSettings> {
  /** How models are loaded, unless one of them says otherwise. */
  load?: LoadOptions
  /** The path before those of the plugin; fastify's own option. */
  prefix?: string
}

const routesOf = { v1, deepl, libretranslate }

/**
 * A plugin of fastify that translates over HTTP, and closes the models with the server. Requests wait for a model that is being loaded.
 * @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED, ERR_MEMORY, ERR_OPTION
 */
export async function glassformer(app: FastifyInstance, options: ServeOptions = {}): Promise<void> {
  const { load, prefix: _, ...given } = options
  app.setErrorHandler((error, _, reply) => sendProblem(reply, error))
  const service = new Service(read(serviceSettings, given, inOptions), load)
  await addService(app, service)
  service.start().catch((error: unknown) => app.log.error(error, 'the first model cannot be loaded'))
}

/** Adds what a service gives to a server. */
export async function addService(app: FastifyInstance, service: Service): Promise<void> {
  await service.open()
  app.addHook('onClose', () => service.close())
  app.setValidatorCompiler(() => () => true) // requests are read by the settings that describe them
  app.removeContentTypeParser('text/plain')
  app.setSerializerCompiler(() => JSON.stringify)
  app.addHook('onRequest', async (_, reply) => {
    reply.header('x-request-id', reply.request.id)
  })
  service.spans.addTo(app)
  if (service.settings.page) await addDescription(app)
  if (service.settings.metrics) addMetrics(app, service)
  await app.register(health, { service })
  await app.register(async (gated) => {
    gated.addHook('onRequest', async (_, reply) => {
      reply.raw.once('close', service.gate.enter())
    })
    for (const name of service.settings.apis) await gated.register(routesOf[name], { service })
  })
}
