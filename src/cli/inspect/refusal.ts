import type { IncomingMessage } from 'node:http'

/** Why a request is not answered: its status, and what is told. */
export interface Refusal {
  status: number
  message: string
}

/** Names of this machine that nobody else's name server can give away. */
const hosts = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Why a request is refused, or null. A page of another site can make the reader's browser send requests here. They say so in `Origin` and
 * `Sec-Fetch-Site`; and where its name server has led the browser here under a name of its own, in `Host`.
 */
export function refusalOf({ headers, method = '' }: IncomingMessage, port: number): Refusal | null {
  const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers
  if (!hosts.some((name) => host === `${name}:${port}`))
    return { status: 403, message: `This page answers under http://127.0.0.1:${port}/ and no other name.` }
  const isForeign = origin !== undefined && origin !== `http://${host}`
  if (isForeign || (site !== 'none' && site !== 'same-origin'))
    return {
      status: 403,
      message: 'Another site has sent this request, and may not: open the page by its own address.',
    }
  if (!['GET', 'HEAD', 'POST'].includes(method)) return { status: 405, message: `${method} is not answered here.` }
  return null
}
