import type { FastifyInstance } from 'fastify'
import { health } from './calls/health.ts'
import { addMetrics } from './calls/metrics.ts'
import { deepl } from './deepl/routes.ts'
import { addDescription } from './describe.ts'
import { addJson } from './json-body.ts'
import { libretranslate } from './libretranslate/routes.ts'
import { openai } from './openai/routes.ts'
import { onRequestEnd } from './running/request-end.ts'
import type { Service } from './service/service.ts'
import { v1 } from './v1/routes.ts'

const routesOf = { v1, deepl, libretranslate, openai }

/** Adds the routes of a service to a server. */
export async function addService(app: FastifyInstance, service: Service): Promise<void> {
  await service.open()
  app.addHook('onClose', () => service.close())
  app.setValidatorCompiler(() => () => true) // requests are validated by the settings that describe them
  app.removeContentTypeParser('text/plain')
  app.setSerializerCompiler(() => JSON.stringify)
  app.addHook('onRequest', async (_, reply) => {
    reply.header('x-request-id', reply.request.id)
  })
  service.spans.addTo(app)
  if (service.settings.page) await addDescription(app)
  if (service.settings.metrics) addMetrics(app, service)
  await app.register(health, { service })
  await app.register(async (routes) => {
    addJson(routes)
    routes.addHook('onRequest', async (request, reply) => {
      onRequestEnd(request, reply, service.gate.enter())
    })
    routes.addHook('preParsing', service.bodies.counting(service.keys.areNeeded))
    for (const name of service.settings.apis) await routes.register(routesOf[name], { service })
  })
}
