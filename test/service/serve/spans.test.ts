import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { afterAll, expect, it } from 'vitest'
import { startServer } from './server.ts'

interface Recorded {
  name: string
  attributes: Attributes
  status?: number
  hasEnded: boolean
}

/** A tracer that records its spans. */
const recorded: Recorded[] = []
const tracer = {
  startSpan(name: string, { attributes = {} }: { attributes?: Attributes } = {}): Span {
    const record: Recorded = { name, attributes: { ...attributes }, hasEnded: false }
    recorded.push(record)
    const span = {
      setAttribute: (key: string, value: string) => Object.assign(record.attributes, { [key]: value }) && span,
      setStatus: ({ code }: { code: number }) => Object.assign(record, { status: code }) && span,
      addEvent: () => span,
      end: () => Object.assign(record, { hasEnded: true }),
      spanContext: () => ({ traceId: '1', spanId: '1', traceFlags: 0 }),
    }
    return span as unknown as Span
  },
  startActiveSpan: (name: string, options: object, work: (span: Span) => unknown) =>
    work(tracer.startSpan(name, options)),
}
trace.setGlobalTracerProvider({ getTracer: () => tracer as never })
const callers: string[] = []
propagation.setGlobalPropagator({
  inject() {},
  fields: () => [],
  extract(into, headers) {
    callers.push((headers as Record<string, string>).traceparent)
    return into ?? ROOT_CONTEXT
  },
})
afterAll(() => {
  trace.disable()
  propagation.disable()
  context.disable()
})

it('a request and the work of its model have spans, which contain no texts', async () => {
  await using server = await startServer()
  await using hasty = await startServer({ timeout: 0.001 })
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  await server.post('/v1/translate', { text: 'Je suis étudiant.' }, { traceparent })
  await hasty.post('/v1/translate', { text: 'Je suis étudiant.' })
  await expect.poll(() => recorded.every(({ hasEnded }) => hasEnded)).toBe(true)
  expect(callers[0]).toBe(traceparent)
  const [request, work, late, lateWork] = recorded
  expect(request).toMatchObject({
    name: 'POST /v1/translate',
    attributes: { 'http.request.method': 'POST', 'http.route': '/v1/translate', 'http.response.status_code': 200 },
  })
  expect(work).toMatchObject({ name: 'translate', attributes: { 'glassformer.model': 'fr-en' } })
  expect(late).toMatchObject({ attributes: { 'http.response.status_code': 504 }, status: SpanStatusCode.ERROR })
  expect(lateWork.status).toBe(SpanStatusCode.ERROR)
  expect(JSON.stringify(recorded)).not.toContain('étudiant')
})
