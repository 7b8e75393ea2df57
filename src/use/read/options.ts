import { GlassformerError, shown } from '../../base/errors.ts'
import { inOptions } from '../../base/schema/place.ts'
import { read } from '../../base/schema/settings.ts'
import { checkIds } from '../../engine/decode/check-ids.ts'
import { fitted, type GenerationOptions, generationSettings } from '../../engine/decode/settings/options.ts'
import { checkSupported } from '../../files/folders/generation/unsupported-setting.ts'
import { readScheduling, type Scheduling, type SchedulingOptions } from '../../workers/requests/scheduling.ts'
import type { ModelInfo } from '../translate/options/model-info.ts'

/** Options of `read`: those of the search, whose defaults come from the model's folder, and those of scheduling. */
export interface ReadOptions extends Partial<GenerationOptions>, SchedulingOptions {}

/** @throws GlassformerError ERR_OPTION, ERR_UNSUPPORTED */
export function resolveRead(
  given: ReadOptions,
  { path, config, defaults, unsupported, hasTokenizer }: ModelInfo,
): { options: GenerationOptions; scheduling: Scheduling } {
  if (typeof given !== 'object' || given === null)
    throw new GlassformerError('ERR_OPTION', `options of reading must be an object, not ${shown(given)}`)
  const { signal, timeout, priority, client, ...own } = given
  const options = fitted(read(generationSettings, own, inOptions, defaults), own)
  checkIds(options, config)
  checkSupported(unsupported, own, options, path)
  if (options.stopStrings.length && !hasTokenizer)
    throw new GlassformerError('ERR_OPTION', `option 'stopStrings' needs a tokenizer, and ${path} has none`)
  return { options, scheduling: readScheduling({ signal, timeout, priority, client }) }
}
