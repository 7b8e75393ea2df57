import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GlassformerError } from '../../base/errors.ts'
import { packageFolder } from '../../base/package-folder.ts'
import { pathOf } from '../../base/path-of.ts'
import { cachedModel } from '../hub/cache.ts'

/** The name of the embedded French → English model, wherever a model's folder is asked for. */
const EMBEDDED_NAME = 'fr-en'

/** The embedded model's folder. */
export const EMBEDDED = fileURLToPath(new URL(`models/${EMBEDDED_NAME}`, packageFolder))

/** The name of the model of the other direction, which is a package of its own: who does not use it does not install it. */
const OTHER_NAME = 'en-fr'
const OTHER_PACKAGE = `glassformer-${OTHER_NAME}`

/** Whether a name is one of our models'. A folder of the user that has this name comes first, so that it is not hidden. */
const isOurs = (model: string) => (model === EMBEDDED_NAME || model === OTHER_NAME) && !existsSync(model)

/** The folder of one of our models. @throws GlassformerError ERR_FILE where it is not installed */
function ourFolder(name: string): string {
  return name === EMBEDDED_NAME ? EMBEDDED : otherFolder()
}

/** The model of the other direction: of a clone of the repository, or as it is installed beside this package or in the user's project. */
function otherFolder(): string {
  const cloned = fileURLToPath(new URL(`models/${OTHER_NAME}`, packageFolder))
  if (existsSync(cloned)) return cloned
  for (const from of [packageFolder, join(process.cwd(), 'package.json')]) {
    try {
      return dirname(createRequire(from).resolve(`${OTHER_PACKAGE}/package.json`))
    } catch {
      // It is not there.
    }
  }
  throw new GlassformerError(
    'ERR_FILE',
    `the model ${OTHER_NAME} is not installed: it is a package of its own, which 'npm install ${OTHER_PACKAGE}' brings`,
  )
}

/** The folder in the cache of a model of the hub; null where there is none. A folder of the user that has this name comes first. */
const cachedAs = (model: string) => (existsSync(model) ? null : cachedModel(model))

/**
 * The path of the model folder that a caller means by a path, a `file:` URL, the name of one of our models ('fr-en', 'en-fr'), or the name of a
 * model of the hub that is in the cache; undefined means the embedded model.
 * @throws GlassformerError ERR_OPTION for anything else; ERR_FILE where our model is not installed, and where the cache has links that lead
 * out of it
 */
export function modelFolder(model: string | URL | undefined, what = 'the model folder'): string {
  if (model === undefined) return EMBEDDED
  const path = pathOf(what, model)
  return isOurs(path) ? ourFolder(path) : (cachedAs(path) ?? path)
}

/** The form in which settings keep a model's name or path, so that it is found from any working directory. */
export const lastingModel = (model: string): string =>
  isOurs(model) || cachedAs(model) !== null ? model : resolve(model)
