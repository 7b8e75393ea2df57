import { GlassformerError } from '../../base/errors.ts'
import { PassingFault } from './passing-fault.ts'
import type { Answer } from './request.ts'

/** The requested thing, for messages. */
export interface Asked {
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
export const isMissingFile = ({ status, headers }: Answer): boolean =>
  status === 404 && [undefined, 'EntryNotFound'].includes(headers['x-error-code'] as string | undefined)

/** Milliseconds to wait, from a header in seconds or a date. */
function afterOf({ 'retry-after': after }: Answer['headers']): number | null {
  if (after === undefined) return null
  const wait = /^\d+$/.test(after) ? 1000 * Number(after) : Date.parse(after) - Date.now()
  return Number.isFinite(wait) ? Math.max(0, wait) : null
}
