import { GlassformerError } from '../../base/errors.ts'
import { isPlainName } from './model-name.ts'
import { PassingFault, retrying } from './passing-fault.ts'
import { type Answer, ask, type Connection, encodingOf } from './request.ts'

/** The requested thing, for messages. */
interface Asked {
  model: string
  revision: string
  file: string
  /** The hub's host. */
  hub: string
  /** Whether the request carried a token. */
  hasToken: boolean
}

/**
 * The error for an unexpected answer.
 * @returns PassingFault for 408, 429 and 5xx; else GlassformerError ERR_HUB
 */
export function refusal({ status, host, headers }: Answer, { model, revision, file, hub, hasToken }: Asked): Error {
  const what = `${file} of ${model}`
  if (status === 429)
    return new PassingFault(`the hub has had too many requests, and answers 429 for ${what}`, {
      after: afterOf(headers),
    })
  if (status >= 500 || status === 408)
    return new PassingFault(`the hub answers ${status} for ${what}`, { after: afterOf(headers) })
  const isElsewhere = host !== hub
  const error = (why: string) =>
    new GlassformerError('ERR_HUB', `${why} (${isElsewhere ? host : 'the hub'} answers ${status} for ${what})`)
  if (isElsewhere && status !== 416)
    return error(
      `${host}, to which the hub refers for the file, does not give it: the address may have expired, or a firewall forbids that host; try again, and check the network`,
    )
  const said = headers['x-error-code']
  if (said === 'RevisionNotFound') return error(`${model} has no revision '${revision}': check --revision`)
  if (said === 'GatedRepo')
    return error(
      `${model} is given to those alone who have accepted its terms: accept them at its page, and set HF_TOKEN`,
    )
  if (status === 401 || said === 'RepoNotFound')
    return error(
      hasToken
        ? `there is no model ${model}, or the token in HF_TOKEN does not open it: check both`
        : `there is no model ${model}, or it is private: check the name, and set HF_TOKEN for a private one`,
    )
  if (status === 403)
    return error(
      hasToken
        ? `the token in HF_TOKEN may not read ${model}: ask its owner, or set another`
        : `${model} may not be read without a token: set HF_TOKEN`,
    )
  if (status === 404) return error(`there is no such model or revision, ${model} at '${revision}': check both`)
  if (status === 416) return error(`the server sends no part of the file, and not the whole either`)
  return error(`the hub refuses it`)
}

/** Whether an answer says that an existing model has no such file. */
const isMissingFile = ({ status, headers }: Answer): boolean =>
  status === 404 && [undefined, 'EntryNotFound'].includes(headers['x-error-code'] as string | undefined)

/** Milliseconds to wait, from a header in seconds or a date. */
function afterOf({ 'retry-after': after }: Answer['headers']): number | null {
  if (after === undefined) return null
  const wait = /^\d+$/.test(after) ? 1000 * Number(after) : Date.parse(after) - Date.now()
  return Number.isFinite(wait) ? Math.max(0, wait) : null
}

/** A model of the hub at a revision. */
export interface RemoteModel {
  endpoint: string
  name: string
  revision: string
  connection: Connection
}

/** The hub's description of a file. */
export interface RemoteFile {
  name: string
  address: string
  /** The commit that contains the file. */
  commit: string
  /** The etag of its contents. */
  etag: string
  /** Size in bytes; null where the hub does not say. */
  size: number | null
  /** Bytes above which the download ends, where the size is not known. */
  most?: number
  /** The SHA-256 of its contents in hex; null where the hub does not say. */
  sha256: string | null
}

/**
 * The hub's description of a file; null where the model has no file of that name.
 * @throws GlassformerError ERR_HUB, ERR_NETWORK
 */
export function remoteFile(model: RemoteModel, name: string): Promise<RemoteFile | null> {
  const { endpoint, revision, connection } = model
  const asked = {
    model: model.name,
    revision,
    file: name,
    hub: new URL(endpoint).host,
    hasToken: connection.token !== null,
  }
  const address = `${endpoint}/${model.name}/resolve/${encodeURIComponent(revision)}/${encodeURIComponent(name)}`
  return retrying(connection.signal, async () => {
    const answer = await ask('HEAD', address, connection, {
      isEnough: (headers) => 'x-linked-etag' in headers && 'x-repo-commit' in headers,
    })
    answer.body.destroy()
    if (isMissingFile(answer)) return null
    const isRedirect = answer.status >= 300 && answer.status < 400
    const isEncoded = encodingOf(answer.headers) !== null
    if (answer.status !== 200 && !isRedirect) throw refusal(answer, asked)
    const headers = answer.firstHeaders
    const linked = headers['x-linked-etag']
    const etag = plain(linked ?? (isRedirect ? undefined : answer.headers.etag))
    const size = sizeOf(
      headers['x-linked-size'] ?? (isRedirect || isEncoded ? undefined : answer.headers['content-length']),
    )
    const commit = plain(headers['x-repo-commit'])
    for (const [what, value] of Object.entries({ 'x-repo-commit': commit, etag }))
      if (!isPlainName(value))
        throw new GlassformerError(
          'ERR_HUB',
          `${address}: the answer's ${what} is ${JSON.stringify(value)}: is it a hub?`,
        )
    return { name, address, commit, etag, size, sha256: /^[0-9a-f]{64}$/i.test(etag) ? etag.toLowerCase() : null }
  })
}

const plain = (etag: string | string[] = '') =>
  String(etag)
    .replace(/^W\//, '')
    .replace(/^"(.*)"$/, '$1')

const sizeOf = (size: string | string[] | undefined) =>
  typeof size === 'string' && /^\d{1,15}$/.test(size) ? Number(size) : null
