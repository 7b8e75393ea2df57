import { GlassformerError } from '../../base/errors.ts'
import { isPlainName } from './model-name.ts'
import { retrying } from './passing-fault.ts'
import { isMissingFile, refusal } from './refusal.ts'
import { ask, type Connection, encodingOf } from './request.ts'

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
