import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GlassformerError } from '../../base/errors.ts'
import { packageFolder } from '../../base/package-folder.ts'
import { pathOf } from '../../base/path-of.ts'
import { cachedModel } from '../hub/cache.ts'

/** The name of the embedded French → English model, accepted wherever a model folder is. */
const EMBEDDED_NAME = 'fr-en'

/** The embedded model's folder. */
export const EMBEDDED = fileURLToPath(new URL(`models/${EMBEDDED_NAME}`, packageFolder))

/** The name of the model for the other direction, a separate package that users install when they need it. */
const OTHER_NAME = 'en-fr'
const OTHER_PACKAGE = `glassformer-${OTHER_NAME}`

/**
 * Whether a name is that of one of our models. A folder of the user with this name comes first, so that the name does
 * not hide it.
 */
const isOurs = (model: string) => (model === EMBEDDED_NAME || model === OTHER_NAME) && !existsSync(model)

/** The folder of one of our models. @throws GlassformerError ERR_FILE where it is not installed */
function ourFolder(name: string): string {
  return name === EMBEDDED_NAME ? EMBEDDED : otherFolder()
}

/**
 * The model for the other direction: from a clone of the repository, or installed beside this package or in the user's
 * project.
 */
function otherFolder(): string {
  const cloned = fileURLToPath(new URL(`models/${OTHER_NAME}`, packageFolder))
  if (existsSync(cloned)) return cloned
  for (const from of [packageFolder, join(process.cwd(), 'package.json')]) {
    try {
      return dirname(createRequire(from).resolve(`${OTHER_PACKAGE}/package.json`))
    } catch {
      // not installed there
    }
  }
  throw new GlassformerError(
    'ERR_FILE',
    `the model ${OTHER_NAME} is not installed: it is a package of its own, which 'npm install ${OTHER_PACKAGE}' brings`,
  )
}

/**
 * The cached folder of a model from the hub; null where there is none. A folder of the user with this name comes first.
 */
const cachedAs = (model: string) => (existsSync(model) ? null : cachedModel(model))

/**
 * The path of the model folder for a path, a `file:` URL, the name of one of our models ('fr-en', 'en-fr'), or the name
 * of a model of the hub in the cache; undefined means the embedded model.
 * @throws GlassformerError ERR_OPTION for any other value; ERR_FILE where our model is not installed, and where links
 * lead out of the cache
 */
export function modelFolder(model: string | URL | undefined, what = 'the model folder'): string {
  if (model === undefined) return EMBEDDED
  const path = pathOf(what, model)
  return isOurs(path) ? ourFolder(path) : (cachedAs(path) ?? path)
}

/** The form of a model's name or path in settings, valid in any working directory. */
export const lastingModel = (model: string): string =>
  isOurs(model) || cachedAs(model) !== null ? model : resolve(model)
