import { resolve } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { inOptions } from '../../base/schema/place.ts'
import { read } from '../../base/schema/settings.ts'

import { type PullOptions, pull as pullOfHub, pullSettings, stoppable } from '../hub/pull.ts'
import { opusNames, sourceName } from '../hub/source-name.ts'
import { pullListed } from './pull-listed.ts'

/** Downloads a model by any of its names: see `pull` of lazy-pull.ts. */
export async function pull(model: string, options: PullOptions = {}): Promise<string> {
  const name = typeof model === 'string' ? sourceName(model) : null
  if (!name) return pullOfHub(model, options)
  if (name.source === 'opus-mt') return pullOpus(opusNames(name), options)
  const { source, ...others } = name
  const { cache, progress, signal, revision, endpoint, weights } = read(pullSettings, options, inOptions)
  if (revision !== 'main' || endpoint !== undefined || !weights)
    throw new GlassformerError(
      'ERR_OPTION',
      `options 'revision', 'endpoint' and 'weights' are about the Hugging Face hub: leave them out for ${model}`,
    )
  const models = cache === undefined ? undefined : resolve(cache)
  return stoppable(model, signal, (stopped) => pullListed({ ...others, source }, { models, progress, signal: stopped }))
}

/** Pulls the first of several names that the hub has. */
async function pullOpus(names: readonly string[], options: PullOptions): Promise<string> {
  let first: unknown
  for (const name of names)
    try {
      return await pullOfHub(name, options)
    } catch (error) {
      first ??= error
      const isMissing = error instanceof GlassformerError && ['ERR_HUB', 'ERR_FILE'].includes(error.code)
      if (!isMissing) throw error
    }
  throw first
}
