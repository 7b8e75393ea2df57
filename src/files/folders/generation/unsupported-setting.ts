import { didYouMean } from '../../../base/did-you-mean.ts'
import { GlassformerError, shownJson } from '../../../base/errors.ts'
import { listOf, type Type } from '../../../base/schema/types.ts'
import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import { isJsonObject } from '../../../formats/json/json-text.ts'
import { generationSettingNames, isGenerationSetting } from './generation-settings.ts'

/**
 * A setting of Hugging Face's generate() or of Marian in a model folder that this version does not support. Searches
 * that depend on the setting are refused.
 */
export interface UnsupportedSetting {
  /** The name in the file, 'penalty_alpha' for instance. */
  name: string
  /** The JSON value. */
  value: unknown
  /** The file that has the setting: 'generation_config.json', 'config.json', or Marian's settings in YAML. */
  file: string
}

const unsupportedSetting: Type<UnsupportedSetting> = {
  expected: '{ name, value, file }',
  accepts: (value): value is UnsupportedSetting =>
    isJsonObject(value) && typeof value.name === 'string' && typeof value.file === 'string',
}

export const unsupportedSettings: Type<readonly UnsupportedSetting[]> = listOf(
  unsupportedSetting,
  'a list of { name, value, file }',
)

/**
 * The condition under which a setting changes a search, and the call's option that replaces it. Settings without a rule
 * always change it.
 */
interface Rule {
  /** Whether the setting changes a search with these options. */
  counts?(options: GenerationOptions): boolean
  /** A call option that replaces the setting. */
  option?: keyof GenerationOptions
  /** Advice for the caller. */
  advice?: string
}

const rules: Readonly<Record<string, Rule>> = {
  num_beam_groups: { counts: ({ beams }) => beams > 1, advice: "say 1 as option 'beams', for greedy search" },
  diversity_penalty: { counts: () => false }, // it has an effect only with groups
  penalty_alpha: {
    counts: ({ beams, sample }) => beams === 1 && !sample,
    advice: "say 2 or more as option 'beams', for beam search",
  },
  forced_bos_token_id: { option: 'forcedFirst', advice: "say option 'forcedFirst'" },
  // With it, Marian compares beams by sums of logits; Marian's own help advises against that. With one beam, both ways
  // find the same translation.
  'skip-cost': {
    counts: ({ beams }) => beams > 1,
    option: 'beams',
    advice: "say option 'beams', for a search by log-probabilities",
  },
}

/**
 * Refuses a search that an unsupported setting would change. `given` are the call's own options, and `options` are all
 * options in effect.
 * @throws GlassformerError ERR_UNSUPPORTED, naming the first such setting, its file and the remedy
 */
export function checkSupported(
  settings: readonly UnsupportedSetting[],
  given: Partial<GenerationOptions>,
  options: GenerationOptions,
  folder: string,
): void {
  for (const { name, value, file } of settings) {
    const { counts = () => true, option, advice } = Object.hasOwn(rules, name) ? rules[name] : {}
    if (!counts(options) || (option && given[option] !== undefined)) continue
    const isKnown = isGenerationSetting(name) || Object.hasOwn(rules, name)
    const known = isKnown ? 'is not supported by this version' : 'is no setting that this version knows'
    const what = `${file}: ${name} = ${shownJson(value)} ${known}, and would count here`
    const instead = `${advice ? `${advice}, or ` : ''}remove it from that file`
    const meant = isKnown ? '' : didYouMean(name, generationSettingNames)
    throw new GlassformerError('ERR_UNSUPPORTED', `${folder}: ${what}; ${instead}${meant}`)
  }
}
