import { GlassformerError, messageOf } from '../../base/errors.ts'
import { isUrl } from '../../base/values/value-class.ts'

/** The bytes at an address in the web, or of a `data:` address; null for what is no such address. @throws GlassformerError ERR_NETWORK */
export async function fetched(input: unknown, signal?: AbortSignal): Promise<Uint8Array | null> {
  const address = typeof input === 'string' || isUrl(input) ? String(input) : ''
  if (!/^(?:https?:\/\/|data:)/i.test(address)) return null
  const named = address.length > 100 ? `${address.slice(0, 100)}…` : address
  const fail = (what: string, cause?: unknown) =>
    new GlassformerError('ERR_NETWORK', `${named} cannot be downloaded: ${what}`, { cause })
  try {
    const response = await fetch(address, { signal })
    if (!response.ok) throw fail(`the server answers ${response.status}`)
    return new Uint8Array(await response.arrayBuffer())
  } catch (cause) {
    if (cause instanceof GlassformerError || signal?.aborted) throw cause
    throw fail(messageOf(cause), cause)
  }
}
