import type { FastifyReply, FastifyRequest } from 'fastify'
import { keyOf } from '../access/authorize.ts'
import { type CallSignal, callSignal } from '../running/call-signal.ts'
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
  return beginning(service, request, reply, { texts, timeout }, async (call) => {
    const answer = await work(call.signal)
    call.end()
    return answer
  })
}

/** As `answering`, for an answer that goes on after `begin` has returned, as a stream: its end calls `end` of the call. */
export async function beginning<T>(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  { texts, timeout }: { texts: readonly string[]; timeout?: number | null },
  begin: (call: CallSignal) => Promise<T>,
): Promise<T> {
  const takenBack = service.take(keyOf(request), texts)
  const call = callSignal(request, reply, service.timeFor(timeout))
  try {
    return await begin(call)
  } catch (error) {
    call.end()
    takenBack()
    throw call.errorFor(error)
  }
}
