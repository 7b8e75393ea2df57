import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { makeFolder } from '../../formats/disk/make-folder.ts'
import { replaceText } from '../../formats/disk/replace-file.ts'
import { isOffline, mirrorIn, ownCache } from '../hub/environment.ts'
import { withMirror } from '../hub/passing-fault.ts'
import { fetchSmall } from '../hub/small-file.ts'
import { MOST_JSON, parsedRegistry, type RegistryModel, registries } from './entries.ts'

/** The sources that have a list of their models. */
export const listedSources = ['firefox', 'argos'] as const
export type ListedSource = (typeof listedSources)[number]

const sources = {
  firefox: {
    registry: 'GLASSFORMER_FIREFOX_REGISTRY',
    files: 'GLASSFORMER_FIREFOX_FILES',
    ...registries.firefox,
  },
  argos: {
    registry: 'GLASSFORMER_ARGOS_REGISTRY',
    files: 'GLASSFORMER_ARGOS_FILES',
    ...registries.argos,
  },
} as const

/**
 * The models of a registry. The registry is asked whether it has changed since it was cached; where the network is
 * switched off (HF_HUB_OFFLINE) or fails, the cached one is read.
 * @throws GlassformerError ERR_NETWORK, ERR_HUB, ERR_OPTION, ERR_FILE
 */
export async function registryModels(source: ListedSource, signal: AbortSignal): Promise<RegistryModel[]> {
  const { registry, files, address: usual, read } = sources[source]
  const address = mirrorIn(registry) ?? usual
  const base = mirrorIn(files)
  const folder = join(ownCache(), 'registries')
  const cache = join(folder, `${source}.json`)
  const kept = keptIn(cache, address)
  if (isOffline()) {
    if (kept) return read(JSON.parse(kept.text), address, base)
    throw new GlassformerError(
      'ERR_FILE',
      `the list of models of ${source} is not in the cache, and HF_HUB_OFFLINE keeps it from being downloaded: unset that`,
    )
  }
  try {
    const { text, etag } = await fetched(address, kept?.etag ?? null, signal)
    if (text === null) return read(JSON.parse(present(kept).text), address, base)
    const models = read(parsedRegistry(text, address), address, base)
    makeFolder(folder)
    replaceText(cache, JSON.stringify({ address, etag, text }))
    return models
  } catch (error) {
    const isAway = error instanceof GlassformerError && error.code === 'ERR_NETWORK'
    if (!isAway || !kept) throw withMirror(error, registry)
    return read(JSON.parse(kept.text), address, base)
  }
}

/** The environment variable that names a mirror of the files of a source. */
export const filesVariable = (source: ListedSource): string => sources[source].files

interface Kept {
  address: string
  etag: string | null
  text: string
}

/** The cached registry of an address; null where there is none, or a damaged one. */
function keptIn(path: string, address: string): Kept | null {
  try {
    if (statSync(path).size > 3 * MOST_JSON) return null
    const kept: Kept = JSON.parse(readFileSync(path, 'utf8'))
    JSON.parse(kept.text)
    return kept.address === address ? kept : null
  } catch {
    return null
  }
}

/** The text of a registry, null where it is the one with this etag. */
async function fetched(address: string, known: string | null, signal: AbortSignal) {
  const { bytes, etag } = await fetchSmall(address, {
    most: MOST_JSON,
    signal,
    known,
    advice: 'check the address',
    tooLarge: (message) => new GlassformerError('ERR_HUB', `${message}: it is no registry`),
  })
  return { text: bytes?.toString('utf8') ?? null, etag }
}
