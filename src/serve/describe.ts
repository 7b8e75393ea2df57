import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { version } from './version.ts'

/** Gives the description of all routes that are added behind it: OpenAPI at `/openapi.json`. */
export async function addDescription(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Glassformer', version, description: 'Translates. See docs/serving.md.' },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'an API key, on a server that has some' },
        },
      },
      security: [{}, { bearer: [] }],
    },
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}
