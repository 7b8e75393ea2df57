import type { FastifyReply, FastifyRequest } from 'fastify'
import { keyOf } from '../access/authorize.ts'
import type { Service } from '../service.ts'
import { callSignal } from './call-signal.ts'

/**
 * Does the work of a request. Its characters are counted for its key, and given back where it fails; the signal fires when whoever has
 * asked hangs up, and when the time is over that the server gives or the request has asked for (`timeout`, in milliseconds).
 * @throws GlassformerError ERR_QUOTA, ERR_ABORTED, ERR_TIMEOUT, and as the work
 */
export async function answering<T>(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  { texts, timeout }: { texts: readonly string[]; timeout?: number | null },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const takenBack = service.take(keyOf(request), texts)
  const call = callSignal(request, reply, service.timeFor(timeout))
  try {
    return await work(call.signal)
  } catch (error) {
    takenBack()
    throw call.errorFor(error)
  } finally {
    call.end()
  }
}
