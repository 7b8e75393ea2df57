// Every setting of Hugging Face's generate() that this version supports, may ignore, or does not support.

/** The settings that name special ids. */
export const idSettings = ['eos_token_id', 'decoder_start_token_id', 'bos_token_id', 'pad_token_id'] as const

/** Settings of sampling, which apply only with do_sample. */
export const samplingSettings = [
  ...(['temperature', 'top_k', 'top_p', 'min_p', 'top_h', 'typical_p', 'epsilon_cutoff', 'eta_cutoff'] as const),
] as const

const understood = new Set<string>([
  ...idSettings,
  ...samplingSettings,
  ...['num_beams', 'num_return_sequences', 'length_penalty', 'early_stopping', 'renormalize_logits', 'do_sample'],
  ...['min_length', 'min_new_tokens', 'max_length', 'max_new_tokens', 'max_time', 'stop_strings'],
  ...['no_repeat_ngram_size', 'repetition_penalty', 'encoder_no_repeat_ngram_size', 'encoder_repetition_penalty'],
  ...['bad_words_ids', 'suppress_tokens', 'begin_suppress_tokens', 'forced_bos_token_id', 'forced_eos_token_id'],
  ...['sequence_bias', 'exponential_decay_length_penalty', 'remove_invalid_values'],
  ...['prompt_lookup_num_tokens', 'max_matching_ngram_size', 'num_assistant_tokens', 'assistant_confidence_threshold'],
])

/** Settings that do not affect the generated ids. */
const harmless = new Set([
  ...['transformers_version', '_from_model_config', '_commit_hash', 'return_dict', 'return_dict_in_generate'],
  ...[
    'output_attentions',
    'output_hidden_states',
    'output_scores',
    'output_logits',
    'use_cache',
    'cache_implementation',
  ],
  ...['cache_config', 'return_legacy_cache', 'prefill_chunk_size', 'compile_config', 'disable_compile', 'low_memory'],
  ...['is_assistant', 'num_assistant_tokens_schedule', 'assistant_ensemble_weight'],
  ...['use_mtp', 'speculation_type', 'max_cache_len', 'continuous_batching_config'],
  ...['assistant_early_exit', 'assistant_lookbehind', 'target_lookbehind', 'trust_remote_code'],
  // Codes of languages by name, which belong to SeamlessM4T's tokenizers, and the parts of it that speak.
  ...['text_decoder_lang_to_code_id', 't2u_lang_code_to_id', 'vocoder_lang_code_to_id', 'char_to_id', 'id_to_text'],
  // Whisper's, which its family reads as parts of the model.
  ...['alignment_heads', 'is_multilingual', 'lang_to_id', 'task_to_id', 'no_timestamps_token_id', 'prev_sot_token_id'],
  ...['max_initial_timestamp_index', 'return_timestamps', 'median_filter_width'],
])

/** Settings that this version does not support, with the values that change nothing. */
const neutral: Readonly<Record<string, readonly unknown[]>> = {
  num_beam_groups: [1],
  diversity_penalty: [0],
  penalty_alpha: [0],
  guidance_scale: [1],
  constraints: [],
  force_words_ids: [],
  forced_decoder_ids: [],
  decoder_input_ids: [],
  dola_layers: [],
  token_healing: [false],
  watermarking_config: [],
  generation_kwargs: [],
}

const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0

/** Settings of generate() or a config.json that affect the generated ids. */
export const generationSettingNames: readonly string[] = [...understood, ...Object.keys(neutral)]

export const isGenerationSetting = (name: string): boolean => generationSettingNames.includes(name)

/** Whether a setting is harmless: it is supported, does not change the result, or has a neutral value. */
export function isHarmless(name: string, value: unknown): boolean {
  if (understood.has(name) || harmless.has(name)) return true
  return Object.hasOwn(neutral, name) && (isEmpty(value) || neutral[name].includes(value))
}
