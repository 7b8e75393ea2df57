import { existsSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { GlassformerError } from '../../../base/errors.ts'
import { ownModel, ownPackage, ownPath, SCOPE } from '../../../base/package/own-packages.ts'
import { pathOf } from '../../../base/path-of.ts'
import { cachedModel } from '../../hub/cache.ts'
import { installedModel } from '../../hub/installed.ts'

/** The name of the embedded French → English model, accepted wherever a model folder is. */
const EMBEDDED_NAME = 'fr-en'

/**
 * The embedded model's folder: within this package, or in the package that is installed with it. Where neither is
 * there, the path within this package, whose absence the reader reports.
 */
export const embeddedFolder = (): string => ownModel(EMBEDDED_NAME) ?? ownPath('models', EMBEDDED_NAME)

/** The name of the model for the other direction, a separate package that users install when they need it. */
const OTHER_NAME = 'en-fr'

/**
 * Whether a name is that of one of our models. A folder of the user with this name comes first, so that the name does
 * not hide it.
 */
const isOurs = (model: string) => (model === EMBEDDED_NAME || model === OTHER_NAME) && !existsSync(model)

/** The folder of one of our models. @throws GlassformerError ERR_FILE where it is not installed */
function ourFolder(name: string): string {
  return name === EMBEDDED_NAME ? embeddedFolder() : otherFolder()
}

/**
 * The model for the other direction: from a clone of the repository, or installed beside this package or in the user's
 * project.
 */
function otherFolder(): string {
  const folder = ownModel(OTHER_NAME) ?? ownPackage(OTHER_NAME, pathToFileURL(`${process.cwd()}/`))
  if (folder) return folder
  throw new GlassformerError(
    'ERR_FILE',
    `the model ${OTHER_NAME} is not installed; it is a package of its own: npm install ${SCOPE}/${OTHER_NAME}`,
  )
}

/**
 * The cached folder of a model from the hub, or of one such as `firefox/fr-en`; null where there is none. A folder of
 * the user with this name comes first.
 */
const cachedAs = (model: string) => (existsSync(model) ? null : (installedModel(model) ?? cachedModel(model)))

/**
 * The path of the model folder for a path, a `file:` URL, the name of one of our models ('fr-en', 'en-fr'), or the name
 * of a model that was pulled, of the hub or such as 'firefox/fr-en'; undefined means the embedded model.
 * @throws GlassformerError ERR_OPTION for any other value; ERR_FILE where our model is not installed, and where links
 * lead out of the cache
 */
export function modelFolder(model: string | URL | undefined, what = 'the model folder'): string {
  if (model === undefined) return embeddedFolder()
  const path = pathOf(what, model)
  return isOurs(path) ? ourFolder(path) : (cachedAs(path) ?? path)
}

/** The form of a model's name or path in settings, valid in any working directory. */
export const lastingModel = (model: string): string =>
  isOurs(model) || cachedAs(model) !== null ? model : resolve(model)

/** @throws GlassformerError ERR_OPTION where both paths are the same folder */
export function checkDistinctFolders(from: string, to: string): void {
  if (existsSync(from) && existsSync(to) && realpathSync(from) === realpathSync(to))
    throw new GlassformerError('ERR_OPTION', `${to} cannot be converted onto itself: give another folder`)
}
