import { GlassformerError, shown } from '../../../base/errors.ts'
import { isUrl } from '../../../base/values/value-class.ts'
import { sourceName } from '../../../files/hub/source-name.ts'
import { baseUrl, type ModelPlace } from './messages.ts'
import { type PickedFile, pickedModel } from './picked-files.ts'

/**
 * Converts the caller's URL, name or files to the place of a model. A folder that is called as a model is has `./` before its name.
 * @throws GlassformerError ERR_OPTION, ERR_FILE
 */
export function placeOf(model: string | URL | Iterable<PickedFile>): ModelPlace {
  if (typeof model === 'string' || isUrl(model)) {
    if (sourceName(String(model))) return { named: String(model) }
    try {
      const url = new URL(model, baseUrl())
      if (/^https?:$/.test(url.protocol)) return { url: url.href }
    } catch {
      // The value is no URL.
    }
    throw new GlassformerError(
      'ERR_OPTION',
      `the model must be the URL (http or https) of a model's folder, its files, or a name such as firefox/fr-en, not ${shown(String(model))}`,
    )
  }
  if (typeof model === 'object' && model !== null && Symbol.iterator in model) return pickedModel(model)
  throw new GlassformerError(
    'ERR_OPTION',
    `the model must be the URL of a model's folder, or its files, not ${shown(model)}`,
  )
}
