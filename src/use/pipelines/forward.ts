import { GlassformerError } from '../../base/errors.ts'
import { isDecoderOnly } from '../../engine/model/config/config.ts'
import { decoderSelfAttention } from '../../engine/model/config/own-side-settings.ts'
import type { Translator } from '../translate/translator.ts'
import { cacheNames, DynamicCache, stackedHeads } from './dynamic-cache.ts'
import { type IdRows, rowsOf, Tensor } from './tensor.ts'

/** The arguments of a model that is called. The first of `decoder_input_ids` is the decoder's start; by default they are the start alone. */
export interface ForwardInputs {
  /** The source; it may be left out with the `past_key_values` of an encoder-decoder, which know it. */
  input_ids?: IdRows | null
  attention_mask?: IdRows | null
  /** The ids that the decoder of an encoder-decoder reads. A decoder alone reads input_ids. */
  decoder_input_ids?: IdRows | null
  /** The past of an earlier call: the decoder goes on after it, and the ids given are those that follow. */
  past_key_values?: DynamicCache | null
  signal?: AbortSignal | null
}

/**
 * The logits of the next token after each id that the decoder reads, [texts, ids, vocabulary], with zeros after shorter
 * rows, and what it has read by now.
 */
export interface ForwardOutput {
  logits: Tensor
  past_key_values: DynamicCache
}

/**
 * Runs a model on given ids: it records a trace of each row. `start` is the decoder's first id.
 * @throws GlassformerError as `Translator.inspect`; ERR_INPUT where ids are missing, or a decoder's first id is not its start
 */
export async function forwardPass(
  translator: Translator,
  start: number | null,
  { input_ids, attention_mask, decoder_input_ids, past_key_values, signal }: ForwardInputs,
): Promise<ForwardOutput> {
  const { config } = translator.model
  const isAlone = isDecoderOnly(config)
  const past = DynamicCache.readBy(past_key_values)
  const given = input_ids === undefined || input_ids === null ? null : sourcesOf(input_ids, attention_mask ?? null)
  const sources = given ?? (isAlone ? undefined : past?.sources)
  if (!sources) throw new GlassformerError('ERR_INPUT', 'a model takes input_ids: call a tokenizer')
  const following = isAlone
    ? sources
    : (promptsOf(decoder_input_ids ?? null, sources.length) ?? sources.map(() => (past ? [] : [start])))
  if (past && past.rows.length !== sources.length)
    throw new GlassformerError(
      'ERR_INPUT',
      `past_key_values has ${past.rows.length} rows, and the call ${sources.length}: give the same texts`,
    )
  const rows = following.map((ids, i) => [...(past?.rows[i] ?? []), ...ids] as number[])
  rows.forEach(([first], i) => {
    if (first === undefined || (!isAlone && first !== start))
      throw new GlassformerError('ERR_INPUT', `row ${i} of the decoder's ids must begin with its start, ${start}`)
  })
  const hasKeys = decoderSelfAttention(config).kind === 'attention'
  const names = hasKeys ? cacheNames(config.decoder.layers, isAlone) : []
  const traces = await Promise.all(
    rows.map(async (ids, i) => {
      // The last token of a target is not read.
      const target = [...ids.slice(1), config.ids.end]
      const tensors = ['logits', ...names.map(({ traced }) => traced)]
      const source = isAlone ? ids.slice(0, 1) : [...sources[i]]
      return (await translator.inspect(source, { target, tensors, ...(signal && { signal }) })).tensors
    }),
  )
  const length = Math.max(0, ...following.map((ids) => ids.length))
  const width = config.targetVocabulary
  const data = new Float32Array(rows.length * length * width)
  traces.forEach(({ logits: { values } }, i) => {
    data.set(values.subarray(values.length - following[i].length * width), i * length * width)
  })
  const entries = names.map(({ traced, cached }) => {
    const found = traces.map((tensors) => tensors[traced])
    return [cached, stackedHeads(found, config.decoder.heads)] as const
  })
  return {
    logits: new Tensor('float32', data, [rows.length, length, width]),
    past_key_values: new DynamicCache({ sources, rows }, Object.fromEntries(entries)),
  }
}

/** The ids of each source for which the mask is 1. */
export function sourcesOf(ids: IdRows, mask: IdRows | null): number[][] {
  const masks = mask === null ? null : rowsOf(mask)
  return rowsOf(ids).map((row, r) => row.filter((_, c) => masks === null || masks[r]?.[c] === 1))
}

/** The decoder's first ids for each of `count` sources; null if none are given. One row is used for all sources. */
export function promptsOf(given: IdRows | null, count: number): number[][] | null {
  if (given === null) return null
  const rows = rowsOf(given)
  if (rows.length === count) return rows
  if (rows.length === 1) return Array.from({ length: count }, () => [...rows[0]])
  throw new GlassformerError(
    'ERR_OPTION',
    `option 'decoder_input_ids' has ${rows.length} rows for ${count} sources: give one for each, or one for all`,
  )
}

/** These ids after the start, which is prepended unless the first of them is a start. */
export function promptsWithStart(prompts: readonly number[][], start: number | null): number[][] {
  const hasStart = prompts.some(([first]) => first === start)
  return prompts.map((ids) => (hasStart || start === null ? [...ids] : [start, ...ids]))
}
