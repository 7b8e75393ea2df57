import { GlassformerError } from '../../../base/errors.ts'
import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import { checkSupported } from '../../../files/folders/generation/unsupported-setting.ts'
import { type ConfidenceModel, confidenceFile, readConfidence } from '../../../files/folders/layout/confidence-file.ts'
import type { ModelInfo } from '../model-info.ts'
import type { TranslateOptions } from '../options.ts'
import { checkShortlist, type ResolvedCall, resolveTranslateOptions } from './resolve-translate-options.ts'

/**
 * The work of one request.
 * @throws GlassformerError ERR_OPTION, ERR_UNSUPPORTED; ERR_MODEL_FORMAT for a damaged file of confidence
 */
export function resolveForModel(model: ModelInfo, options: TranslateOptions): ResolvedCall {
  const resolved = resolveTranslateOptions(options, model.defaults, model.config)
  checkForModel(model, options, resolved.generation)
  if (!resolved.confidence && resolved.minConfidence === 0) return resolved
  return { ...resolved, confidenceModel: confidenceOf(model) }
}

/** Models of confidence that have been read: a request that gives objects is checked each time. */
const confidences = new WeakMap<ModelInfo, ConfidenceModel>()

function confidenceOf(model: ModelInfo): ConfidenceModel {
  const known = confidences.get(model)
  if (known) return known
  const file = confidenceFile(model.path)
  if (file === null)
    throw new GlassformerError(
      'ERR_OPTION',
      `option 'confidence': ${model.path} is not calibrated; 'npx glassformer calibrate' does it by sentence pairs`,
    )
  const read = readConfidence(file)
  confidences.set(model, read)
  return read
}

/** @throws GlassformerError ERR_OPTION, ERR_UNSUPPORTED if the model does not support the options of a search */
export function checkForModel(
  { path, hasShortlist, unsupported }: ModelInfo,
  given: Partial<GenerationOptions>,
  resolved: GenerationOptions,
): void {
  checkShortlist(resolved, path, hasShortlist)
  checkSupported(unsupported, given, resolved, path)
}
