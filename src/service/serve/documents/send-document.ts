import type { FastifyReply } from 'fastify'

/** Sends the translation of a document as a file of this name. */
export function sendDocument(reply: FastifyReply, name: string, bytes: Uint8Array): FastifyReply {
  const plain = name.replace(/[^\x20-\x7e]|["\\]/g, '_')
  return reply
    .type('application/octet-stream')
    .header('content-disposition', `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
}
