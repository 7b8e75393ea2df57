import { GlassformerError, shown } from '../../../base/errors.ts'

/** The address of a queue's Redis. */
export interface Address {
  host: string
  port: number
  username?: string
  password?: string
  /** The number of the database. */
  db: number
  /** Whether the connection is encrypted: rediss://. */
  isSecure: boolean
  /** The address for messages, without the password. */
  shown: string
}

const FORM = 'redis://[[user]:password@]host[:port][/database], or rediss:// for TLS'

/**
 * Reads the URL of a queue; without one, that of the environment's GLASSFORMER_QUEUE. Messages never show a password.
 * @throws GlassformerError ERR_OPTION
 */
export function addressOf(url: string | undefined = process.env.GLASSFORMER_QUEUE): Address {
  const refuse = (what: string): never => {
    throw new GlassformerError('ERR_OPTION', `option 'queue' must be ${FORM}: ${what}`)
  }
  if (url === undefined || url === '') return refuse('it is missing, and GLASSFORMER_QUEUE is not set')
  if (typeof url !== 'string') return refuse(`it is ${shown(url)}`)
  const parsed = URL.canParse(url) ? new URL(url) : refuse('it is no URL')
  const { protocol, hostname, port, pathname, search, hash } = parsed
  if (protocol !== 'redis:' && protocol !== 'rediss:') refuse(`it begins with ${protocol}//`)
  if (hostname === '') refuse('it has no host')
  if (port === '0') refuse('its port must be an integer from 1 to 65535')
  if (search || hash) refuse('nothing may follow the number of the database')
  const database =
    /^\/?(\d{0,5})$/.exec(pathname)?.[1] ?? refuse(`its database is no number: ${shown(pathname.slice(1))}`)
  const decoded = (text: string) => {
    try {
      return decodeURIComponent(text)
    } catch {
      return refuse('a % in the user or the password must be written %25')
    }
  }
  const host = hostname.replace(/^\[(.*)\]$/, '$1') // of an IPv6 address
  const db = Number(database)
  return {
    host,
    port: port === '' ? 6379 : Number(port),
    ...(parsed.username && { username: decoded(parsed.username) }),
    ...(parsed.password && { password: decoded(parsed.password) }),
    db,
    isSecure: protocol === 'rediss:',
    shown: `${protocol}//${hostname}:${port || 6379}${db ? `/${db}` : ''}`,
  }
}
