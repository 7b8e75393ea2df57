import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { authorizing, keyOf } from '../access/authorize.ts'
import { onRequestEnd } from '../running/request-end.ts'
import type { Service } from '../service/service.ts'
import { type ModelFigure, modelFigures, writeHistograms } from '../watching/model-figures.ts'
import type { Figures } from '../watching/watch-port.ts'

/** Upper limits in seconds of the request time's buckets. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** Metrics of a server for Prometheus, at `/metrics`. */
export function addMetrics(app: FastifyInstance, service: Service): void {
  const registers = [new Registry()]
  const [registry] = registers
  collectDefaultMetrics({ register: registry })
  const labelNames = ['method', 'route', 'status'] as const
  const requests = new Counter({
    name: 'glassformer_http_requests_total',
    help: 'Requests that were answered, or whose client has hung up (status 499)',
    labelNames,
    registers,
  })
  const seconds = new Histogram({
    name: 'glassformer_http_request_seconds',
    help: 'Seconds from the headers of a request to the end of its answer',
    labelNames,
    buckets: BUCKETS,
    registers,
  })
  const ofKeys = new Counter({
    name: 'glassformer_key_requests_total',
    help: 'Requests with a key, by its name',
    labelNames: ['key', 'status'],
    registers,
  })
  new Counter({
    name: 'glassformer_key_characters_total',
    help: 'Characters that were translated with a key, by its name; empty for those without one',
    labelNames: ['key'],
    registers,
    collect() {
      this.reset()
      for (const [key, characters] of service.usage.all) this.inc({ key }, characters)
    },
  })
  const aborts = new Counter({
    name: 'glassformer_http_aborts_total',
    help: 'Requests whose client has hung up before the end of the answer',
    registers,
  })
  new Gauge({
    name: 'glassformer_http_requests_open',
    help: 'Requests that are accepted and not answered',
    registers,
    collect() {
      this.set(service.gate.open)
    },
  })
  new Gauge({
    name: 'glassformer_models_memory_bytes',
    help: 'Bytes of the weights in memory',
    registers,
    collect() {
      this.set(service.models.memory)
    },
  })
  new Gauge({
    name: 'glassformer_model_load_seconds',
    help: 'Seconds that the last load of a model took',
    labelNames: ['model'],
    registers,
    collect() {
      this.reset()
      for (const { name: model, loadSeconds } of service.models.list)
        if (loadSeconds !== null) this.set({ model }, loadSeconds)
    },
  })
  for (const figure of modelFigures) addFigure(figure, service, registers)

  app.addHook('onRequest', async (request, reply) => {
    const begin = performance.now()
    onRequestEnd(request, reply, () => {
      const isWhole = reply.raw.writableFinished
      const status = isWhole ? reply.raw.statusCode : 499
      const labels = { method: request.method, route: request.routeOptions.url ?? 'none', status }
      requests.inc(labels)
      seconds.observe(labels, (performance.now() - begin) / 1000)
      if (!isWhole) aborts.inc()
      const key = keyOf(request)
      if (key) ofKeys.inc({ key: key.name, status })
    })
  })
  const schema = {
    tags: ['server'],
    summary: 'Figures for Prometheus',
    response: { 200: { description: 'The figures.', content: { [TYPE]: { schema: { type: 'string' } } } } },
  }
  const figures: Figures = {
    contentType: registry.contentType,
    metrics: async () => (await registry.metrics()) + writeHistograms(service.models.list),
  }
  service.figures = figures
  app.get('/metrics', { schema, onRequest: authorizing(service.keys) }, async (_, reply) =>
    reply.type(figures.contentType).send(await figures.metrics()),
  )
}

const TYPE = 'text/plain'

/** A metric of each loaded model. */
function addFigure({ name, help, kind, of }: ModelFigure, { models }: Service, registers: Registry[]): void {
  const collect = (set: (labels: { model: string }, value: number) => void) => {
    for (const { name: model, translator } of models.list) if (translator) set({ model }, of(translator.statistics()))
  }
  const settings = { name, help, labelNames: ['model'] as const, registers }
  if (kind === 'gauge')
    new Gauge({
      ...settings,
      collect() {
        this.reset()
        collect((labels, value) => this.set(labels, value))
      },
    })
  else
    new Counter({
      ...settings,
      collect() {
        this.reset()
        collect((labels, value) => this.inc(labels, value))
      },
    })
}
