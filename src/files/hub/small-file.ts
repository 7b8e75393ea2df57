import { GlassformerError } from '../../base/errors.ts'
import { stallTime } from './environment.ts'
import { PassingFault, retrying } from './passing-fault.ts'
import { ask, encodingOf, faultOf } from './request.ts'

/** How a small file is fetched. */
export interface SmallFile {
  /** Bytes that no such file has. */
  most: number
  signal: AbortSignal
  /** The etag of the copy that is here; null where there is none. */
  known?: string | null
  /** What to do where the server refuses. */
  advice: string
  /** The error for more bytes than `most`. */
  tooLarge(message: string): GlassformerError
}

/**
 * A small file whole, and its etag; `bytes` is null where the copy that is here is still the same.
 * @throws GlassformerError ERR_NETWORK, and `tooLarge`
 */
export function fetchSmall(
  address: string,
  { most, signal, known = null, advice, tooLarge }: SmallFile,
): Promise<{ bytes: Buffer | null; etag: string | null }> {
  const { host } = new URL(address)
  const connection = { token: null, stallTime: stallTime(), signal }
  return retrying(signal, async () => {
    const { status, headers, body } = await ask('GET', address, connection, {
      headers: known === null ? {} : { 'if-none-match': known },
    })
    try {
      if (status === 304 && known !== null) return { bytes: null, etag: known }
      if (status >= 500 || status === 429) throw new PassingFault(`${host} answers ${status} for ${address}`)
      if (status !== 200 || encodingOf(headers) !== null)
        throw new GlassformerError('ERR_NETWORK', `${host} answers ${status} for ${address}: ${advice}`)
      const parts: Buffer[] = []
      let size = 0
      for await (const part of body as AsyncIterable<Buffer>) {
        size += part.length
        if (size > most) throw tooLarge(`${address} sends more than ${most} bytes`)
        parts.push(part)
      }
      return { bytes: Buffer.concat(parts), etag: headers.etag ?? null }
    } catch (cause) {
      throw faultOf(cause, host)
    } finally {
      body.destroy()
    }
  })
}
