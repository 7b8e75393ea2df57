import { GlassformerError, shown } from '../../../base/errors.ts'
import { isUrl } from '../../../base/values/value-class.ts'
import { sourceName } from '../../../files/hub/source-name.ts'
import { baseUrl, type ModelPlace } from './messages.ts'
import { type PickedFile, pickedModel } from './picked-files.ts'

/**
 * Converts the caller's URL or files to the place of a model.
 * @throws GlassformerError ERR_OPTION, ERR_FILE
 */
export function placeOf(model: string | URL | Iterable<PickedFile>): ModelPlace {
  if (typeof model === 'string' || isUrl(model)) {
    checkIsNoName(String(model))
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

/** Registries have models in forms that pages do not read: their names are for Node.js. @throws GlassformerError ERR_OPTION */
function checkIsNoName(model: string): void {
  if (sourceName(model) === null) return
  const folder = `public/${model.replaceAll('/', '-')}`
  throw new GlassformerError(
    'ERR_OPTION',
    `${model} names a model that Node.js downloads; a page loads a folder by its URL: npx glassformer pull ${model}, then npx glassformer quantize ${model} --to int8 --output ${folder}, and load that; for a folder that is called so, write ./${model}`,
  )
}
