import { availableParallelism } from 'node:os'
import { inOptions } from '../../../base/schema/place.ts'
import { read } from '../../../base/schema/settings.ts'
import { chosenBackend } from '../../../engine/program/chosen-backend.ts'
import { type LoadOptions, loadSettings, MOST_TOKENS, MOST_WORKERS, type ResolvedLoadOptions } from './options.ts'

/** @throws GlassformerError ERR_OPTION, naming the option and its allowed values */
export function resolveLoadOptions(options: LoadOptions): ResolvedLoadOptions {
  const {
    backend,
    precision,
    mapped,
    tokenizer,
    threads: asked,
    workers: given,
    batchTokens,
    assistant,
    adapter,
    adapters,
    queueTexts,
    queueCharacters,
    cacheBytes,
  } = read(loadSettings, options, inOptions)
  const cores = availableParallelism()
  const threads = asked === 'auto' ? asked : Math.min(asked, cores)
  const workers = given ?? Math.max(1, Math.floor(cores / (threads === 'auto' ? 1 : threads)))
  return {
    backend: chosenBackend(backend),
    precision,
    mapped,
    tokenizer,
    threads,
    workers: Math.min(workers, MOST_WORKERS),
    batchTokens: Math.min(batchTokens, MOST_TOKENS),
    ...(assistant !== undefined && { assistant }),
    ...(adapter !== undefined && { adapter }),
    ...(adapters !== undefined && { adapters }),
    queueTexts,
    queueCharacters,
    cacheBytes,
  }
}
