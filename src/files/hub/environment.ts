import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { GlassformerError, shown } from '../../base/errors.ts'

/** The environment's settings: those of the Hugging Face hub in the variables that Python's huggingface_hub reads. */
type Environment = Readonly<Record<string, string | undefined>>

const isSet = (value = '') => /^(1|on|yes|true)$/i.test(value)

/** HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE: the network is not used. */
export const isOffline = (env: Environment = process.env): boolean =>
  isSet(env.HF_HUB_OFFLINE) || isSet(env.TRANSFORMERS_OFFLINE)

/** The folder of the cache: HF_HUB_CACHE, or `hub` in HF_HOME, which is ~/.cache/huggingface by default. */
export const cacheFolder = (env: Environment = process.env): string =>
  atHome(env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(homeOfHub(env), 'hub'))

const homeOfHub = (env: Environment) =>
  atHome(env.HF_HOME || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface'))

const atHome = (path: string) => path.replace(/^~(?=$|[\\/])/, () => homedir())

/** The folder of this package in the user's cache: GLASSFORMER_CACHE, or glassformer in the folder of caches. */
export const ownCache = ({ GLASSFORMER_CACHE: named, XDG_CACHE_HOME: caches }: Environment = process.env): string =>
  named && named !== 'off' ? named : join(caches || join(homedir(), '.cache'), 'glassformer')

/** The address of a mirror that a variable names; undefined where it is not set. @throws GlassformerError ERR_OPTION */
export function mirrorIn(variable: string, env: Environment = process.env): string | undefined {
  const given = env[variable]
  if (!given) return undefined
  if (/^https?:\/\//i.test(given) && URL.canParse(given)) return given
  throw new GlassformerError(
    'ERR_OPTION',
    `${variable} is ${shown(given)}: set it to an address that begins with https:// or http://`,
  )
}

/**
 * The hub's address, by default HF_ENDPOINT's, without a slash at its end. @throws GlassformerError ERR_OPTION for an
 * invalid address
 */
export function endpointOf(given = process.env.HF_ENDPOINT || 'https://huggingface.co'): string {
  const endpoint = given.replace(/\/+$/, '')
  if (!/^https?:\/\//i.test(endpoint) || !URL.canParse(endpoint))
    throw new GlassformerError(
      'ERR_OPTION',
      `the hub's address is ${JSON.stringify(endpoint)}: set HF_ENDPOINT to one that begins with https:// or http://`,
    )
  return endpoint
}

/**
 * The token for private and gated models: HF_TOKEN, or the token stored by `hf auth login`; null where there is none.
 * @throws GlassformerError ERR_OPTION for characters that a header cannot carry
 */
export function tokenOf(env: Environment = process.env): string | null {
  const token = (env.HF_TOKEN || env.HUGGING_FACE_HUB_TOKEN || storedToken(env)).trim()
  if (!/^[\x21-\x7e]*$/.test(token))
    throw new GlassformerError('ERR_OPTION', 'HF_TOKEN has characters that no token has: copy it again')
  return token || null
}

function storedToken(env: Environment): string {
  try {
    return readFileSync(env.HF_TOKEN_PATH || join(homeOfHub(env), 'token'), 'utf8')
  } catch {
    return ''
  }
}

/** Milliseconds without a byte after which a request counts as stalled: HF_HUB_DOWNLOAD_TIMEOUT, in seconds, 10 by default. */
export function stallTime(env: Environment = process.env): number {
  const seconds = Number(env.HF_HUB_DOWNLOAD_TIMEOUT)
  return seconds > 0 && seconds < 86_400 ? 1000 * seconds : 10_000
}
