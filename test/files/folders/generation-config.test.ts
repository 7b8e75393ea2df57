import { describe, expect, test } from 'vitest'
import { generationDefaults } from '#dist/engine/decode/settings/options.js'
import { fromHuggingFace, specialIds } from '#dist/files/folders/generation/generation-config.js'
import { expectError } from '../../formats/raw-safetensors.ts'

const ids = { end: 0, start: 96, padding: 96, unknown: null }
const map = (settings: Record<string, unknown>) => fromHuggingFace(settings, 'model/settings', ids)
const mapped = (settings: Record<string, unknown>) => {
  const { generation: options, unsupported } = map(settings)
  expect(unsupported).toEqual([])
  return Object.fromEntries(
    Object.entries(options).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(generationDefaults[name as 'beams']),
    ),
  )
}

describe('fromHuggingFace', () => {
  test.each([
    [{}, {}],
    [
      { num_beams: 4, num_return_sequences: 3 },
      { beams: 4, alternatives: 3 },
    ],
    [
      { length_penalty: -0.5, early_stopping: 'never' },
      { lengthPenalty: -0.5, earlyStopping: 'never' },
    ],
    [{ early_stopping: true }, { earlyStopping: true }],
    // The start token counts in max_length and min_length, not in the new tokens, which win.
    [
      { max_length: 28, min_length: 9 },
      { maxTokens: 27, minTokens: 8 },
    ],
    [{ min_length: 0 }, {}],
    [
      { max_length: 9, max_new_tokens: 5, min_length: 3, min_new_tokens: 4 },
      { maxTokens: 5, minTokens: 4 },
    ],
    [{ max_length: 9, max_new_tokens: null }, { maxTokens: 8 }],
    [
      { max_length: 4, min_length: 9 },
      { maxTokens: 3, minTokens: 3 },
    ],
    [
      { no_repeat_ngram_size: 3, repetition_penalty: 1.3 },
      { noRepeatNgram: 3, repetitionPenalty: 1.3 },
    ],
    // Single ids are suppressed, the end never (a bad word [eos] is dropped); longer ones as sequences.
    [
      { bad_words_ids: [[96], [0], [5, 6], [0, 7]] },
      {
        suppress: [96],
        suppressSequences: [
          [5, 6],
          [0, 7],
        ],
      },
    ],
    [{ bad_words_ids: [[96]], suppress_tokens: [13, 0] }, { suppress: [96, 13, 0] }],
    [{ begin_suppress_tokens: [28, 0] }, { suppressFirst: [28, 0] }],
    [
      { forced_bos_token_id: 36, forced_eos_token_id: 0 },
      { forcedFirst: 36, forcedLast: 0 },
    ],
    [{ forced_eos_token_id: [0] }, { forcedLast: 0 }],
    [{ renormalize_logits: true }, { renormalize: true }],
    [{ forced_eos_token_id: null, bad_words_ids: null }, {}],
    [{ eos_token_id: 0, decoder_start_token_id: 96, pad_token_id: 96, bos_token_id: 0 }, {}],
    [{ eos_token_id: [0] }, {}],
    [
      { eos_token_id: [0, 13], bad_words_ids: [[13], [5]] },
      { ends: [0, 13], suppress: [5] },
    ],
    [
      { decoder_start_token_id: 3, forced_eos_token_id: [0, 8] },
      { start: 3, forcedLast: [0, 8] },
    ],
    [
      { do_sample: true, temperature: 0.7, top_k: 0, top_p: 0.9, min_p: 0.1, top_h: 0.5, num_return_sequences: 3 },
      { sample: true, temperature: 0.7, topK: 0, topP: 0.9, minP: 0.1, topH: 0.5, alternatives: 3 },
    ],
    [
      { typical_p: 0.2, epsilon_cutoff: 0.01, eta_cutoff: 0.02 },
      { typicalP: 0.2, epsilonCutoff: 0.01, etaCutoff: 0.02 },
    ],
    [{ prompt_lookup_num_tokens: 10 }, { draft: 'lookup', draftTokens: 10 }],
    [
      { prompt_lookup_num_tokens: 3, max_matching_ngram_size: 4 },
      { draft: 'lookup', draftTokens: 3, draftNgram: 4 },
    ],
    [{ prompt_lookup_num_tokens: null }, {}],
    [
      { encoder_no_repeat_ngram_size: 2, encoder_repetition_penalty: 1.2 },
      { encoderNoRepeatNgram: 2, encoderRepetitionPenalty: 1.2 },
    ],
    [
      { sequence_bias: [[[13], -1.5]], exponential_decay_length_penalty: [3, 1.3] },
      { sequenceBias: [[[13], -1.5]], exponentialDecay: [3, 1.3] },
    ],
    [
      { stop_strings: '.', max_time: 2.5, remove_invalid_values: true },
      { stopStrings: ['.'], maxTime: 2.5, removeInvalid: true },
    ],
    // Settings of sampling do not matter where nothing is sampled, even if they are wrong.
    [{ do_sample: false, temperature: 0, top_p: 7 }, {}],
    // At values that change nothing, settings that are lacking here may stand.
    [{ do_sample: false, temperature: 1.0, top_k: 50, top_p: 1.0, num_beam_groups: 1, sequence_bias: [] }, {}],
    // transformers 5.24 has these settings too, of caches and of assistants that change nothing but the time.
    [{ use_mtp: true, max_cache_len: 64, assistant_ensemble_weight: 0.5, speculation_type: 'dflash' }, {}],
    [{ continuous_batching_config: { max_batch_tokens: 256 } }, {}],
    // One forced token that is not suppressed is enough. It wins over bad_words_ids, which come before it.
    [
      { forced_eos_token_id: [0, 8], suppress_tokens: [0, 5] },
      { forcedLast: 8, suppress: [0, 5] },
    ],
    [
      { forced_eos_token_id: [7, 8], bad_words_ids: [[8]] },
      { forcedLast: [7, 8], suppress: [8] },
    ],
    [{ transformers_version: '5.24.0', use_cache: true, output_attentions: true, _from_model_config: true }, {}],
  ])('%j becomes %j', (settings, options) => expect(mapped(settings)).toEqual(options))

  test.each([
    [{ num_beam_groups: 2 }, 'num_beam_groups'],
    [{ decoder_input_ids: [[96, 1]] }, 'decoder_input_ids'],
    [{ decoder_start_token_id: [3, 4] }, 'decoder_start_token_id'],
    [{ forced_bos_token_id: [0, 8] }, 'forced_bos_token_id'],
    [{ penalty_alpha: 0.6 }, 'penalty_alpha'],
    [{ dola_layers: 'high' }, 'dola_layers'],
    [{ force_words_ids: [[5]] }, 'force_words_ids'],
    [{ num_beems: 4 }, 'num_beems'],
    [{ toString: 1 }, 'toString'],
  ])('%j is reported by name, beside supported settings', (settings: Record<string, unknown>, name) => {
    const { generation, unsupported } = map(settings)
    expect(unsupported).toEqual([{ name, value: settings[name], file: 'settings' }])
    expect(generation.beams).toBe(settings.num_beams ?? 1)
  })

  test.each([
    [{ num_beams: 0 }, 'num_beams must be a positive integer, not 0'],
    [{ num_beams: 2, num_return_sequences: 3 }, 'num_return_sequences must be at most num_beams (2), not 3'],
    [{ max_length: 1 }, 'max_length must be an integer of at least 2'],
    [{ max_new_tokens: -1 }, 'max_new_tokens must be'],
    [{ length_penalty: '1' }, 'length_penalty must be a finite number, not "1"'],
    [{ length_penalty: -1e308 }, "option 'lengthPenalty' must be a number from -30 to 30, not -1e+308"],
    [{ num_beams: 1e9 }, "option 'beams' must be an integer from 1 to 1024, not 1000000000"],
    [{ repetition_penalty: 0 }, 'repetition_penalty must be a positive number, not 0'],
    [{ early_stopping: 'now' }, 'early_stopping must be true, false or "never", not "now"'],
    [{ bad_words_ids: [13] }, 'bad_words_ids must be a list of lists of ids'],
    [{ bad_words_ids: [[]] }, 'bad_words_ids must be'],
    [{ suppress_tokens: [-1] }, 'suppress_tokens must be a list of ids'],
    [{ do_sample: true, temperature: 0 }, 'temperature must be above 0, not 0'],
    [{ sequence_bias: [[13, -1.5]] }, 'sequence_bias must be a list of [ids, number]'],
    [{ exponential_decay_length_penalty: 3 }, 'exponential_decay_length_penalty must be [integer'],
    [{ stop_strings: [1] }, 'stop_strings must be a text or a list of texts'],
    [{ renormalize_logits: 1 }, 'renormalize_logits must be true or false'],
    [{ forced_bos_token_id: 5, suppress_tokens: [5] }, 'forced_bos_token_id 5 is also among suppress_tokens'],
    [
      { forced_eos_token_id: [5, 6], suppress_tokens: [6, 7, 5] },
      'all of forced_eos_token_id, 5, 6, are also among suppress_tokens',
    ],
  ])('%j is an error with the allowed values', (settings, message) =>
    expectError(() => map(settings), 'ERR_MODEL_FORMAT', `model/settings: ${message}`),
  )
})

describe('specialIds', () => {
  test('are those of the settings, then those of config.json; without a start of its own the beginning of a sentence', () => {
    const ids = (settings: object, config: object) => specialIds({ ...settings }, { ...config }, 'config.json')
    const config = { eos_token_id: 2, bos_token_id: 0, pad_token_id: 1 }
    expect(ids({}, config)).toEqual({ end: 2, start: 0, padding: 1, unknown: null })
    expect(ids({}, { ...config, decoder_start_token_id: 5 }).start).toBe(5)
    expect(ids({ decoder_start_token_id: 6, eos_token_id: [3] }, config)).toMatchObject({ end: 3, start: 6 })
    expectError(() => ids({}, { eos_token_id: 2 }), 'ERR_MODEL_FORMAT', 'decoder_start_token_id', 'is missing')
    expectError(() => ids({}, { bos_token_id: 2 }), 'ERR_MODEL_FORMAT', 'eos_token_id', 'is missing')
  })
})
