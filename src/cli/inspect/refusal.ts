import type { IncomingMessage } from 'node:http'

/** The refusal of a request: its status and its message. */
export interface Refusal {
  status: number
  message: string
}

/** Host names of this machine that no outside name server can resolve. */
const hosts = ['127.0.0.1', 'localhost', '[::1]']

/**
 * The reason why a request is refused, or null. A page of another site can make the reader's browser send requests
 * here. Such requests carry their site in `Origin` and `Sec-Fetch-Site`; where the site's name server has resolved its
 * own name to this machine, that name is in `Host`.
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
