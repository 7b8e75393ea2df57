import type { FastifyReply, FastifyRequest } from 'fastify'
import { keyOf } from '../access/authorize.ts'
import { type CallSignal, callSignal, type TimeLimit } from '../running/call-signal.ts'
import type { Service } from '../service/service.ts'

/** A request at work: its texts, and its time limit in milliseconds, or the limit itself; by default the server's. */
interface AnsweredRequest {
  texts: readonly string[]
  timeout?: number | null
  limit?: TimeLimit
}

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
  asked: AnsweredRequest,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return beginning(service, request, reply, asked, async (call) => {
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
  { texts, timeout, limit = service.timeFor(timeout) }: AnsweredRequest,
  begin: (call: CallSignal) => Promise<T>,
): Promise<T> {
  const takenBack = service.take(keyOf(request), texts)
  const call = callSignal(request, reply, limit)
  try {
    return await begin(call)
  } catch (error) {
    call.end()
    takenBack()
    throw call.errorFor(error)
  }
}
