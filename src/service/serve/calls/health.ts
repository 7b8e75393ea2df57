import type { FastifyInstance } from 'fastify'
import type { Service } from '../service/service.ts'

const schema = (summary: string, states: Record<number, [string, string]>) => ({
  tags: ['server'],
  summary,
  response: Object.fromEntries(
    Object.entries(states).map(([status, [state, description]]) => [
      status,
      { description, type: 'object', properties: { status: { type: 'string', enum: [state] } }, required: ['status'] },
    ]),
  ),
})

/** Routes for supervisors and load balancers: whether the process is alive, and whether it accepts requests. */
export async function health(app: FastifyInstance, { service }: { service: Service }): Promise<void> {
  app.get('/health', { schema: schema('Whether the server lives', { 200: ['ok', 'It does.'] }) }, async () => ({
    status: 'ok',
  }))

  const ready = schema('Whether the server takes requests', {
    200: ['ready', 'It does, and its first model is in memory.'],
    503: ['not ready', 'Its first model is being loaded, or it is about to stop.'],
  })
  app.get('/ready', { schema: ready }, async (_, reply) =>
    service.isReady ? { status: 'ready' } : reply.code(503).send({ status: 'not ready' }),
  )
}
