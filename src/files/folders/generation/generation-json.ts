import { type GenerationOptions, generationDefaults } from '../../../engine/decode/settings/options.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'

/** The setting of generate() with the same meaning as an option. Other options need more than another name. */
const sameValue = {
  noRepeatNgram: 'no_repeat_ngram_size',
  encoderNoRepeatNgram: 'encoder_no_repeat_ngram_size',
  repetitionPenalty: 'repetition_penalty',
  encoderRepetitionPenalty: 'encoder_repetition_penalty',
  suppressFirst: 'begin_suppress_tokens',
  sequenceBias: 'sequence_bias',
  exponentialDecay: 'exponential_decay_length_penalty',
  forcedFirst: 'forced_bos_token_id',
  forcedLast: 'forced_eos_token_id',
  stopStrings: 'stop_strings',
  maxTime: 'max_time',
  renormalize: 'renormalize_logits',
  removeInvalid: 'remove_invalid_values',
  sample: 'do_sample',
  temperature: 'temperature',
  topK: 'top_k',
  topP: 'top_p',
  minP: 'min_p',
  topH: 'top_h',
  typicalP: 'typical_p',
  epsilonCutoff: 'epsilon_cutoff',
  etaCutoff: 'eta_cutoff',
  draftNgram: 'max_matching_ngram_size',
  draftConfidence: 'assistant_confidence_threshold',
} as const satisfies Partial<Record<keyof GenerationOptions, string>>

/** The settings that `fromHuggingFace` reads as these options; options that change nothing are left out. */
export function toHuggingFace({ ids, maxLength }: ModelConfig, generation: GenerationOptions): JsonObject {
  const { alternatives, minTokens, maxTokens, ends, start } = generation
  const never = [...generation.suppress.map((id) => [id]), ...generation.suppressSequences]
  const names = Object.keys(sameValue) as (keyof typeof sameValue)[]
  return {
    pad_token_id: ids.padding,
    eos_token_id: ends ?? ids.end,
    decoder_start_token_id: start ?? ids.start,
    ...(never.length > 0 && { bad_words_ids: never }),
    num_beams: generation.beams,
    ...(alternatives > 1 && { num_return_sequences: alternatives }),
    ...(minTokens > 0 && { min_new_tokens: minTokens }),
    max_length: (maxTokens ?? maxLength - 1) + 1,
    length_penalty: generation.lengthPenalty,
    early_stopping: generation.earlyStopping,
    ...(generation.draft === 'lookup' && { prompt_lookup_num_tokens: generation.draftTokens }),
    ...Object.fromEntries(
      names
        .filter((name) => JSON.stringify(generation[name]) !== JSON.stringify(generationDefaults[name]))
        .map((name) => [sameValue[name], generation[name]]),
    ),
  }
}
