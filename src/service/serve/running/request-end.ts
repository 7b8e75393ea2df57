import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** For each connection what is to be called when it closes, by one listener: pipelined requests are many. */
const closing = new WeakMap<Socket, Set<() => void>>()

/**
 * Calls `ended` once, when the answer to a request has been sent or the connection has closed. The answer to a pipelined request hears nothing
 * of its connection while answers before it have not been sent. The returned function takes the call back.
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
