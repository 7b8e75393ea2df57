import type { FastifyInstance } from 'fastify'
import { inOptions } from '../../base/schema/place.ts'
import { type Given, read } from '../../base/schema/settings.ts'
import type { LoadOptions } from '../../use/translate/options.ts'
import { addService } from './add-service.ts'
import { Service } from './service.ts'
import { serviceSettings } from './settings.ts'
import { sendProblem } from './v1/error-json.ts'

/** What the plugin serves. */
export interface ServeOptions extends Given<typeof serviceSettings> {
  /** How models are loaded, unless one of them says otherwise. */
  load?: LoadOptions
  /** The path before those of the plugin; fastify's own option. */
  prefix?: string
}

/**
 * As much of fastify's instance as tells it apart. Its types are not named here: whoever does not use the plugin has no fastify, and TypeScript
 * would miss them.
 */
export interface PluginHost {
  register: unknown
  setErrorHandler: unknown
}

/**
 * A plugin of fastify that translates over HTTP, and closes the models with the server. Requests wait for a model that is being loaded.
 * @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED, ERR_MEMORY, ERR_OPTION
 */
export async function glassformer(host: PluginHost, options: ServeOptions = {}): Promise<void> {
  const app = host as FastifyInstance
  const { load, prefix: _, ...given } = options
  app.setErrorHandler((error, _, reply) => sendProblem(reply, error))
  const service = new Service(read(serviceSettings, given, inOptions), load)
  await addService(app, service)
  service.start().catch((error: unknown) => app.log.error(error, 'the first model cannot be loaded'))
}
