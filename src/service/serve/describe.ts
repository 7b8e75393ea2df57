import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { packageVersion } from '../../base/package/package-version.ts'
import { serverPage } from './server-page.ts'

/**
 * Adds the OpenAPI description of all routes added later at `/openapi.json`, and a page to try them at `/docs`, to
 * which `/` redirects.
 */
export async function addDescription(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Glassformer', version: packageVersion(), description: 'Translates. See docs/serving.md.' },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'an API key, on a server that has some' },
        },
      },
      security: [{}, { bearer: [] }],
    },
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  app.get('/', { schema: { hide: true } }, async (_, reply) => reply.redirect(`${app.prefix}/docs`))
  const { html, policy } = serverPage()
  app.get('/docs', { schema: { hide: true } }, async (_, reply) =>
    reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(html),
  )
}
