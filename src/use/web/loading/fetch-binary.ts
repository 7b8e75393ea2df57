import { messageOf } from '../../../base/errors.ts'
import { openCache } from './cache-storage.ts'

/**
 * Fetches a WebAssembly binary, and keeps it if `cache` says so. The server is asked first, because it may have another
 * version. If it cannot be reached, the cached binary is used, so that a page that was visited once works without a
 * network.
 * @throws Error with the reason why there is none
 */
export async function fetchBinary(url: string, cache: boolean): Promise<Uint8Array<ArrayBuffer>> {
  // A browser that caches nothing can still translate.
  const kept = cache ? await openCache().catch(() => null) : null
  let response: Response
  try {
    response = await fetch(url)
  } catch (error) {
    const before = await kept?.match(url).catch(() => undefined)
    if (!before) throw new Error(`${url} cannot be fetched: ${messageOf(error)}`)
    return new Uint8Array(await before.arrayBuffer())
  }
  if (!response.ok) throw new Error(`${url} cannot be fetched: the server answers ${response.status}`)
  const bytes = new Uint8Array(await response.arrayBuffer())
  await kept?.put(url, new Response(bytes, { headers: { 'content-type': 'application/wasm' } })).catch(() => {})
  return bytes
}
