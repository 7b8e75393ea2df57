import { messageOf } from '../../base/errors.ts'
import { openCache } from './cache-storage.ts'

/**
 * Fetches a binary of WebAssembly, and keeps it where `cache` says so. The server is asked first: it may have that of another version. Where it
 * cannot be reached, what was kept is taken, so that a page that was visited once works without a network.
 * @throws Error that says why there is none
 */
export async function fetchBinary(url: string, cache: boolean): Promise<Uint8Array<ArrayBuffer>> {
  // A browser that keeps nothing still translates.
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
