import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cachedModel } from '../hub/cache.ts'
import { packageFolder } from '../package-folder.ts'
import { pathOf } from '../path-of.ts'

/** The name of the embedded French → English model, wherever a model's folder is asked for. */
const EMBEDDED_NAME = 'fr-en'

/** The embedded model's folder. */
export const EMBEDDED = fileURLToPath(new URL(`models/${EMBEDDED_NAME}`, packageFolder))

/** Whether a name is the embedded model's. A folder of the user that has this name comes first, so that it is not hidden. */
const isEmbedded = (model: string) => model === EMBEDDED_NAME && !existsSync(EMBEDDED_NAME)

/** The folder in the cache of a model of the hub; null where there is none. A folder of the user that has this name comes first. */
const cachedAs = (model: string) => (existsSync(model) ? null : cachedModel(model))

/**
 * The path of the model folder that a caller means by a path, a `file:` URL, the embedded model's name, or the name of a model of the hub
 * that is in the cache; undefined also means the embedded model.
 * @throws GlassformerError ERR_OPTION for anything else; ERR_FILE where the cache has links that lead out of it
 */
export function modelFolder(model: string | URL | undefined, what = 'the model folder'): string {
  if (model === undefined) return EMBEDDED
  const path = pathOf(what, model)
  return isEmbedded(path) ? EMBEDDED : (cachedAs(path) ?? path)
}

/** The form in which settings keep a model's name or path, so that it is found from any working directory. */
export const lastingModel = (model: string): string =>
  isEmbedded(model) || cachedAs(model) !== null ? model : resolve(model)
