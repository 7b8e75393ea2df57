import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cachedModel } from './cache.ts'
import { cacheFolder, ownCache } from './environment.ts'
import { type ModelSource, opusNames, type SourceName, sourceName } from './source-name.ts'

/** Figures as the registry publishes them, on FLORES. */
export interface PublishedQuality {
  comet22?: number
  chrf?: number
  bleu?: number
}

/** A model on this machine. */
export interface InstalledModel {
  /** As in `firefox/fr-en/tiny`. */
  name: string
  source: ModelSource
  from: string
  to: string
  variant?: string
  /** Bytes on disk; null where they are not known. */
  size: number | null
  licence: string | null
  quality: PublishedQuality
  /** The path that `Translator.load` takes. */
  path: string
}

/** The file that says what a folder was pulled from. No reader of models takes it for its own. */
export const PULLED = 'pulled.json'

/** The folder of a model below a folder of models. Its last part is the pair, from which readers know the languages. */
export const placeOf = (models: string, { source, from, to, variant = '' }: SourceName): string =>
  join(models, source, variant, `${from}-${to}`)

/** The models that were pulled by names of this form, the best of a pair first. */
export function installedModels(models = join(ownCache(), 'models')): InstalledModel[] {
  const found: InstalledModel[] = []
  for (const source of ['firefox', 'argos'] as const)
    for (const variant of namesIn(join(models, source)))
      for (const pair of namesIn(join(models, source, variant))) {
        const model = pulledIn(join(models, source, variant, pair), `${source}/${pair}/${variant}`)
        if (model) found.push(model)
      }
  for (const folder of namesIn(cacheFolder())) {
    const pair = /^models--Helsinki-NLP--opus-mt-(?:tc-big-)?([a-z]{2,3}-[a-z]{2,3})$/.exec(folder)?.[1]
    const name = pair === undefined ? null : sourceName(`opus-mt/${pair}`)
    const path = name && cachedOpus(name)
    if (name && path && !found.some((model) => model.name === `opus-mt/${pair}`))
      found.push({ ...name, name: `opus-mt/${pair}`, size: null, licence: null, quality: {}, path })
  }
  return found.sort((a, b) => (b.quality.comet22 ?? 0) - (a.quality.comet22 ?? 0))
}

/** The best model on this machine that a name means; undefined where there is none. */
export const installedAs = ({ source, from, to, variant }: SourceName, models?: string): InstalledModel | undefined =>
  installedModels(models).find(
    (model) =>
      model.source === source && model.from === from && model.to === to && [undefined, model.variant].includes(variant),
  )

/** The path of the model with this name; null where it is no such name, or the model was not pulled. */
export function installedModel(text: string): string | null {
  const name = sourceName(text)
  if (!name) return null
  return name.source === 'opus-mt' ? cachedOpus(name) : (installedAs(name)?.path ?? null)
}

function cachedOpus(name: SourceName): string | null {
  for (const each of opusNames(name)) {
    const folder = cachedModel(each)
    if (folder !== null) return folder
  }
  return null
}

function pulledIn(folder: string, text: string): InstalledModel | null {
  const name = sourceName(text)
  if (!name) return null
  try {
    const { size, licence, quality, file } = JSON.parse(readFileSync(join(folder, PULLED), 'utf8'))
    const path = typeof file === 'string' && /^[\w.-]+$/.test(file) ? join(folder, file) : folder
    return existsSync(path) ? { ...name, name: text, size, licence, quality: quality ?? {}, path } : null
  } catch {
    return null // no folder of ours, or one that somebody has changed
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
