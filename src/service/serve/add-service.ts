import { fileURLToPath } from 'node:url'
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { GlassformerError } from '../../base/errors.ts'
import { inlineHashes } from '../../base/package/inline-hashes.ts'
import { packageFolder, packageVersion } from '../../base/package/package-folder.ts'
import { readText } from '../../formats/disk/read-file.ts'
import { readLargeBody } from '../../use/translate/parsing/index.ts'
import { clientOf } from './access/authorize.ts'
import { health } from './calls/health.ts'
import { addMetrics } from './calls/metrics.ts'
import { deepl } from './deepl/routes.ts'
import { encoderRoutes } from './encoders/routes.ts'
import { libretranslate } from './libretranslate/routes.ts'
import { openai } from './openai/routes.ts'
import { onRequestEnd } from './running/request-end.ts'
import type { Service } from './service/service.ts'
import { v1 } from './v1/routes.ts'

/** Maximum size of the page, some times its present size. */
const FILE = { what: 'the page of the server', most: 1 << 20, code: 'ERR_FILE' } as const

/**
 * The page on which to try the server (src/service/page/), and a Content-Security-Policy by which it runs its own
 * script and asks its own server.
 * @throws GlassformerError ERR_FILE where the package is incomplete
 */
function serverPage(): { html: string; policy: string } {
  const html = readText(fileURLToPath(new URL('dist/bundle/server-page.html', packageFolder())), FILE)
  const { style, script } = inlineHashes(html)
  const policy = `default-src 'none'; img-src data:; script-src ${script}; style-src ${style}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
  return { html, policy }
}

/**
 * Adds the OpenAPI description of all routes added later at `/openapi.json`, and a page to try them at `/docs`, to
 * which `/` redirects.
 */
async function addDescription(app: FastifyInstance): Promise<void> {
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

/** The maximum number of values in a body that is parsed on the thread of the event loop, in a few milliseconds. */
const FEW = 10_000

/** The maximum nesting of lists and objects. */
const MOST_LEVELS = 100

/**
 * Parses JSON bodies. Bodies of many values, such as a glossary with thousands of terms, are parsed in a separate
 * thread.
 */
function addJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, given, done) => {
    const body = given as string
    // Some clients declare every request as JSON, even a deletion without a body.
    if (request.method === 'DELETE' && body === '') return done(null)
    const { values, levels } = sizeOfJson(body)
    if (levels > MOST_LEVELS)
      return done(new GlassformerError('ERR_INPUT', `the body is nested more than ${MOST_LEVELS} deep`))
    if (values <= FEW) return parse(request, body, done)
    readLargeBody(body, { client: clientOf(request) }).then(
      (read) => done(null, read),
      (error: Error) => done(error),
    )
  })
}

/** The approximate number of values in a JSON text and their nesting, even in an incomplete text. */
function sizeOfJson(text: string): { values: number; levels: number } {
  let [values, level, levels] = [0, 0, 0]
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === COMMA) values++
    else if (code === BRACKET || code === BRACE) {
      values++
      levels = Math.max(levels, ++level)
    } else if (code === BRACKET + 2 || code === BRACE + 2) level--
  }
  return { values, levels }
}

const [QUOTE, COMMA, BRACKET, BRACE, BACKSLASH] = [0x22, 0x2c, 0x5b, 0x7b, 0x5c]

/** The index of the closing quotation mark of a string. */
function endOfString(text: string, begin: number): number {
  for (let end = text.indexOf('"', begin + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++
    if (escapes % 2 === 0) return end
  }
  return text.length
}

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
    if (service.encoder) await routes.register(encoderRoutes, { service, encoder: service.encoder })
    for (const name of service.settings.apis) await routes.register(routesOf[name], { service })
  })
}
