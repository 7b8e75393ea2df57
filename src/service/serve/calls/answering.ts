import type { FastifyReply, FastifyRequest } from 'fastify'
import { keyOf } from '../access/authorize.ts'
import { callSignal } from '../running/call-signal.ts'
import type { Service } from '../service/service.ts'

/**
 * Runs the work of a request. Its characters are counted for its key, and subtracted where it fails; the signal fires
 * when the client disconnects, and when the time limit of the server or of the request (`timeout`, in milliseconds) has
 * passed.
 * @throws GlassformerError ERR_QUOTA, ERR_ABORTED, ERR_TIMEOUT, and the errors of the work
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
