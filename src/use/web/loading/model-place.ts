import { GlassformerError, shown } from '../../../base/errors.ts'
import { isUrl } from '../../../base/values/value-class.ts'
import { baseUrl, type ModelPlace } from './messages.ts'
import { type PickedFile, pickedModel } from './picked-files.ts'

/**
 * Converts the caller's URL or files to the place of a model.
 * @throws GlassformerError ERR_OPTION, ERR_FILE
 */
export function placeOf(model: string | URL | Iterable<PickedFile>): ModelPlace {
  if (typeof model === 'string' || isUrl(model)) {
    try {
      const url = new URL(model, baseUrl())
      if (/^https?:$/.test(url.protocol)) return { url: url.href }
    } catch {
      // The value is no URL.
    }
    throw new GlassformerError(
      'ERR_OPTION',
      `the model must be the URL (http or https) of a model's folder, or its files, not ${shown(String(model))}`,
    )
  }
  if (typeof model === 'object' && model !== null && Symbol.iterator in model) return pickedModel(model)
  throw new GlassformerError(
    'ERR_OPTION',
    `the model must be the URL of a model's folder, or its files, not ${shown(model)}`,
  )
}
