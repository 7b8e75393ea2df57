import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'

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
