import { GlassformerError, messageOf } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import { MOST_BYTES, type RegistryFile } from '../../../files/registry/entries.ts'

/**
 * The answer of an address; null where it has no such file, or refuses strangers, as the hub does for names that it does
 * not know. @throws GlassformerError ERR_NETWORK; ERR_HUB where https leads to http
 */
export async function fetchedFrom(address: string): Promise<Response | null> {
  let response: Response
  try {
    response = await fetch(address)
  } catch (cause) {
    throw new GlassformerError(
      'ERR_NETWORK',
      `cannot fetch ${address}: ${messageOf(cause)}; check that it can be reached, and that it allows this page (Access-Control-Allow-Origin); the option mirrors names another address`,
      { cause },
    )
  }
  if (address.startsWith('https:') && response.url && !response.url.startsWith('https:'))
    throw new GlassformerError('ERR_HUB', `${address} leads to an address that is not safe: nothing of it is kept`)
  if (response.ok) return response
  await response.body?.cancel()
  if ([401, 403, 404, 410].includes(response.status)) return null
  throw new GlassformerError('ERR_NETWORK', `cannot fetch ${address}: the server answers ${response.status}`)
}

/** All bytes of a stream; null where they are more than `most`. @throws GlassformerError ERR_NETWORK where it breaks */
export async function collected(
  stream: ReadableStream<Uint8Array>,
  most: number,
  where: string,
  reached: (bytes: number) => void = () => {},
): Promise<Blob | null> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  let count = 0
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new GlassformerError(
        'ERR_NETWORK',
        `${where}: the connection broke after ${count} bytes: ${messageOf(cause)}; load the model again`,
        { cause },
      )
    })
    if (done) return new Blob(parts)
    count += value.length
    if (count > most) {
      await reader.cancel()
      return null
    }
    parts.push(value as Uint8Array<ArrayBuffer>)
    reached(count)
  }
}

/**
 * Fetches a file from the first of its addresses that has it, unpacks it, and checks its size and SHA-256.
 * @throws GlassformerError ERR_NETWORK, ERR_HUB, ERR_CHECKSUM; ERR_UNSUPPORTED in pages that may compute no hash
 */
export async function fetchChecked(file: RegistryFile, reached: (bytes: number) => void): Promise<Blob> {
  let last: unknown
  for (const address of file.addresses) {
    try {
      return await fetchedFile(address, file, reached)
    } catch (error) {
      last = error
    }
  }
  throw last
}

async function fetchedFile(
  address: string,
  { name, isPacked, size, sha256 }: RegistryFile,
  reached: (bytes: number) => void,
): Promise<Blob> {
  const wrong = (what: string) =>
    new GlassformerError('ERR_CHECKSUM', `${name}: ${what}: nothing of it is kept; tell the registry's owner`)
  const response = await fetchedFrom(address)
  if (!response) throw new GlassformerError('ERR_HUB', `${address} is missing on the server (404)`)
  const most = size ?? MOST_BYTES
  const received = isPacked ? await unpacked(present(response.body)) : present(response.body)
  const blob = await collected(received, most, address, reached)
  if (!blob) throw wrong(`it has more than ${most} bytes`)
  if (size !== null && blob.size !== size) throw wrong(`it has ${blob.size} bytes where the registry says ${size}`)
  if (sha256 !== null && (await hashOf(blob)) !== sha256) throw wrong('its SHA-256 is not that of the registry')
  return blob
}

/** The unpacked bytes of a file in gzip. A server that declares gzip as an encoding has had the browser unpack it already. */
async function unpacked(stream: ReadableStream<Uint8Array>): Promise<ReadableStream<Uint8Array>> {
  const reader = stream.getReader()
  const first = await reader.read()
  const whole = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) =>
      first.done ? controller.close() : controller.enqueue(first.value as Uint8Array<ArrayBuffer>),
    async pull(controller) {
      const { done, value } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value as Uint8Array<ArrayBuffer>)
    },
    cancel: (reason) => reader.cancel(reason),
  })
  const isPacked = first.value?.[0] === 0x1f && first.value[1] === 0x8b
  return isPacked ? whole.pipeThrough(new DecompressionStream('gzip')) : whole
}

async function hashOf(blob: Blob): Promise<string> {
  if (!globalThis.crypto?.subtle)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      'a page may check no SHA-256 here: open it from https: or from localhost, or load a folder by its URL',
    )
  const hash = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer())
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
