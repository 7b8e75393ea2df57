import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pathOf } from '../check-options.ts'
import { packageFolder } from '../package-folder.ts'

/** The name of the embedded French → English model, wherever a model's folder is asked for. */
const EMBEDDED_NAME = 'fr-en'

/** The embedded model's folder. */
export const EMBEDDED = fileURLToPath(new URL(`models/${EMBEDDED_NAME}`, packageFolder))

/** A folder of the user's that has this name counts: what they have made themselves is not hidden from them. */
const isEmbedded = (model: string) => model === EMBEDDED_NAME && !existsSync(EMBEDDED_NAME)

/**
 * The path of the model folder that a caller means by a path, a `file:` URL, or the embedded model's name; undefined is that one too.
 * @throws GlassformerError ERR_OPTION for anything else
 */
export function modelFolder(model: string | URL | undefined, what = 'the model folder'): string {
  if (model === undefined) return EMBEDDED
  const path = pathOf(what, model)
  return isEmbedded(path) ? EMBEDDED : path
}

/** How settings keep what a model was asked for by: found again from any working directory. */
export const lastingModel = (model: string): string => (isEmbedded(model) ? model : resolve(model))
