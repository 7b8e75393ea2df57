import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { GlassformerError } from '../../../base/errors.ts'

/** The rules for clients of a server without keys that listens only on this machine. */
export interface Neighborhood {
  /** The address at which it listens. */
  host: string
  /** Additional host names of the server. */
  hosts: readonly string[]
  /** Origins whose pages have access; `*` for all. */
  origins: readonly string[]
}

/** Whether an address is one of this machine alone. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/**
 * Whether a name resolves to a machine of its user's choice: a name without a dot is not in a domain that others may
 * own.
 */
const isLocal = (name: string): boolean => isLoopback(name) || !/[.:]/.test(name)

/**
 * Accepts a request unless a page of another site has sent it. A server without keys trusts all clients that reach it,
 * including every page in a browser of its machine: a page can send a form, or let its own host name resolve to this
 * machine.
 * @throws GlassformerError ERR_KEY, with the status 403
 */
export const neighborsOnly =
  ({ host, hosts, origins }: Neighborhood) =>
  async ({ headers }: FastifyRequest): Promise<void> => {
    const asked = hostIn(headers.host)
    if (isLoopback(host) && asked !== null && !isLocal(asked) && asked !== host && !hosts.includes(asked))
      throw refused(`this server is not asked as ${asked.slice(0, 100)}: add the name to 'hosts', or give it API keys`)
    const { origin } = headers
    if (origin === undefined || origins.includes('*') || origins.includes(origin)) return
    if (!headers.host || origin.replace(/^https?:\/\//, '') !== headers.host)
      throw refused(
        `pages of ${origin.slice(0, 100)} may not ask: add the origin to 'cors', or give the server API keys`,
      )
  }

/** The name in the header host, without the port; null where there is none. */
function hostIn(header: string | undefined): string | null {
  if (!header) return null
  return /^\[(.*)\](?::\d*)?$/.exec(header)?.[1] ?? header.replace(/:\d*$/, '').toLowerCase()
}

const refused = (message: string) => Object.assign(new GlassformerError('ERR_KEY', message), { statusCode: 403 })
