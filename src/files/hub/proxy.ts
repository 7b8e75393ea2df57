import { GlassformerError } from '../../base/errors.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxy for an address by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in upper or lower case; null where there
 * is none.
 * @throws GlassformerError ERR_OPTION for an invalid proxy address
 */
export function proxyFor(url: URL, env: Environment = process.env): URL | null {
  const of = (name: string) => env[name.toLowerCase()] || env[name.toUpperCase()] || ''
  const kind = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const proxy = of(kind) || of('ALL_PROXY')
  if (!proxy || isExcluded(url, of('NO_PROXY'))) return null
  const address = proxy.includes('://') ? proxy : `http://${proxy}`
  if (!/^https?:/i.test(address) || !URL.canParse(address))
    throw new GlassformerError('ERR_OPTION', `${kind} must be the address of an HTTP proxy, http://host:port`)
  return new URL(address)
}

/** Whether a list such as `localhost, .internal, 10.0.0.1:8080` contains the host of a URL, or a domain of the host. */
function isExcluded({ hostname, port, protocol }: URL, list: string): boolean {
  const host = hostname.toLowerCase()
  const portOf = port || (protocol === 'https:' ? '443' : '80')
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true
    const [, name, only] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase())!
    const domain = name.replace(/^\*?\./, '')
    return domain !== '' && (!only || only === portOf) && (host === domain || host.endsWith(`.${domain}`))
  })
}

/** The header that authenticates the client to a proxy. */
export const proxyHeaders = ({ username, password }: URL): Record<string, string> =>
  username || password
    ? {
        'proxy-authorization': `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`,
      }
    : {}
