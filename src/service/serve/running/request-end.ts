import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { aborted, onAbort } from '../../../workers/index.ts'

/** The functions to call when a connection closes, with one listener for many pipelined requests. */
const closing = new WeakMap<Socket, Set<() => void>>()

/**
 * Calls `ended` once, when the answer to a request has been sent or the connection has closed. Until earlier answers
 * have been sent, a pipelined answer gets no events of its connection. The returned function cancels the call.
 */
export function onRequestEnd(
  { raw: { socket } }: FastifyRequest,
  { raw }: FastifyReply,
  ended: () => void,
): () => void {
  const calls = callsOf(socket)
  const leave = () => {
    calls.delete(end)
    raw.off('close', end)
  }
  const end = () => {
    leave()
    ended()
  }
  calls.add(end)
  raw.once('close', end)
  if (socket.destroyed || raw.destroyed) end()
  return leave
}

function callsOf(socket: Socket): Set<() => void> {
  const before = closing.get(socket)
  if (before) return before
  const calls = new Set<() => void>()
  closing.set(socket, calls)
  socket.once('close', () => {
    for (const call of [...calls]) call()
  })
  return calls
}

/** The result of a promise, unless the signal fires before. @throws GlassformerError ERR_ABORTED */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(aborted(signal))
  return new Promise((resolve, reject) => {
    const leave = onAbort(signal, () => reject(aborted(signal)))
    promise.then(resolve, reject).finally(leave)
  })
}
