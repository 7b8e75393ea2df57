import type { FastifyInstance } from 'fastify'
import { inOptions } from '../../base/schema/place.ts'
import { type Given, read } from '../../base/schema/settings.ts'
import type { LoadOptions } from '../../use/translate/options/options.ts'
import { addService } from './add-service.ts'
import { downloadMissing } from './models/pulled-models.ts'
import { sendProblem } from './requests/error-json.ts'
import { Service } from './service/service.ts'
import { serviceSettings } from './service/settings.ts'

/** The options of the plugin. */
export interface ServeOptions extends Given<typeof serviceSettings> {
  /** Default options for loading models. */
  load?: LoadOptions
  /** The prefix of the plugin's paths; fastify's own option. */
  prefix?: string
}

/**
 * The part of fastify's instance that identifies it. Fastify's types are not named here: without fastify installed,
 * TypeScript would not find them.
 */
export interface PluginHost {
  register: unknown
  setErrorHandler: unknown
}

/**
 * A fastify plugin that translates over HTTP, and closes the models with the server. Requests wait for a model that is
 * being loaded.
 * @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED, ERR_MEMORY, ERR_OPTION
 */
export async function glassformer(host: PluginHost, options: ServeOptions = {}): Promise<void> {
  const app = host as FastifyInstance
  const { load, prefix: _, ...given } = options
  app.setErrorHandler((error, _, reply) => sendProblem(reply, error))
  const settings = read(serviceSettings, given, inOptions)
  await downloadMissing(settings.models, load)
  const service = new Service(settings, load)
  await addService(app, service)
  service.start().catch((error: unknown) => app.log.error(error, 'the first model cannot be loaded'))
}
