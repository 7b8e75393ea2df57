import type { FastifyInstance } from 'fastify'
import { present } from '../../../base/present.ts'
import { problemOf } from '../requests/problem.ts'
import { onRequestEnd } from '../running/request-end.ts'

type Api = typeof import('@opentelemetry/api')

const NAME = 'glassformer'

/** The API's provider of tracers passes calls on to the one that is set up, if there is one. */
interface Provider {
  getDelegateTracer?(name: string): unknown
}

/**
 * Spans of OpenTelemetry, where the project has its API: one for each request, as a child of the caller's, and one for
 * the work of a model. They contain no words of texts.
 */
export class Spans {
  readonly #api: Api | null

  private constructor(api: Api | null) {
    this.#api = api
  }

  static readonly none = new Spans(null)

  /** Without the package @opentelemetry/api there are no spans. Bundlers allow it to be missing in a `try` alone. */
  static async load(): Promise<Spans> {
    try {
      return new Spans(await import('@opentelemetry/api'))
    } catch {
      return Spans.none
    }
  }

  /** Creates a span for each request of a server. */
  addTo(app: FastifyInstance): void {
    if (!this.#api) return
    const { context, propagation, trace, SpanKind, SpanStatusCode } = this.#api
    app.addHook('onRequest', (request, reply, done) => {
      if (!this.#isWatched) return done()
      const { method, routeOptions, headers, id } = request
      const route = routeOptions.url ?? ''
      const attributes = { 'http.request.method': method, 'http.route': route, 'glassformer.request_id': id }
      const caller = propagation.extract(context.active(), headers)
      const span = trace.getTracer(NAME).startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, caller)
      onRequestEnd(request, reply, () => {
        const { statusCode, writableFinished } = reply.raw
        span.setAttribute('http.response.status_code', statusCode)
        if (!writableFinished) span.addEvent('the client has hung up')
        if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
        span.end()
      })
      context.with(trace.setSpan(caller, span), done)
    })
  }

  /** Whether the project has set up a tracer: before, nothing would be done with spans. */
  get #isWatched(): boolean {
    if (!this.#api) return false
    const provider = this.#api.trace.getTracerProvider() as Provider & object
    return provider.getDelegateTracer === undefined || provider.getDelegateTracer(NAME) !== undefined
  }

  /** Runs work in a separate span. */
  async within<T>(name: string, attributes: Record<string, string | number>, work: () => Promise<T>): Promise<T> {
    if (!this.#isWatched) return work()
    const { trace, SpanStatusCode } = present(this.#api)
    return trace.getTracer(NAME).startActiveSpan(name, { attributes }, async (span) => {
      try {
        return await work()
      } catch (error) {
        span.setAttribute('error.type', problemOf(error).code)
        span.setStatus({ code: SpanStatusCode.ERROR })
        throw error
      } finally {
        span.end()
      }
    })
  }
}
