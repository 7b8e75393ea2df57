import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { inOptions } from '../../base/schema/place.ts'
import { abortSignal } from '../../base/schema/types.ts'
import { isDecoderOnly } from '../../engine/model/config/config.ts'
import { onAbort } from '../../workers/index.ts'
import type { Generated } from '../translate/translation/translation.ts'
import { Translator } from '../translate/translator.ts'
import { callable } from './callable.ts'
import { configIn, GenerationConfig, generationIn, type PretrainedConfig } from './config.ts'
import { DynamicCache, type ReadRows } from './dynamic-cache.ts'
import {
  type ForwardInputs,
  type ForwardOutput,
  forwardPass,
  promptsOf,
  promptsWithStart,
  sourcesOf,
} from './forward.ts'
import { type LogitsProcessor, type LogitsProcessorList, processorsOf } from './logits-processor.ts'
import { type PretrainedOptions, pretrained } from './pretrained.ts'
import { criteriaOf, type StoppingCriteria, type StoppingCriteriaList } from './stopping-criteria.ts'
import { type IdRows, idTensor, Tensor } from './tensor.ts'
import type { BaseStreamer } from './text-streamer.ts'

/** Observers of a generation: a streamer, and stopping criteria. */
interface Following {
  streamer: BaseStreamer | null
  criteria: ((ids: bigint[][]) => boolean[]) | null
  /** Called when criteria have stopped every source. */
  stop(): void
}

/**
 * Passes the ids of several sources to a streamer as they become certain, and stops each source when criteria say so.
 */
class Followed {
  readonly #following: Following
  readonly #rows: bigint[][]
  readonly #begins: number[]
  readonly #stopped: boolean[]

  /** `begins` holds the decoder's first ids for each source. */
  constructor(begins: readonly (readonly number[])[], following: Following) {
    this.#following = following
    this.#rows = begins.map((ids) => ids.map(BigInt))
    this.#begins = begins.map(({ length }) => length)
    this.#stopped = begins.map(() => false)
    following.streamer?.put([[...this.#rows[0]]])
  }

  get hasStopped(): boolean {
    return this.#stopped.every((stopped) => stopped)
  }

  /** Takes all ids of a source so far, after the first ones. */
  tell(source: number, ids: readonly number[]): void {
    const row = this.#rows[source]
    for (const id of ids.slice(row.length - this.#begins[source])) {
      if (this.#stopped[source]) return
      row.push(BigInt(id))
      this.#following.streamer?.put([[BigInt(id)]])
      if (this.#following.criteria?.([row])[0]) this.#stopped[source] = true
    }
    if (this.hasStopped) this.#following.stop()
  }

  /** The ids of a source that criteria have stopped, including the first ones; null for any other source. */
  cut(source: number): number[] | null {
    return this.#stopped[source] ? this.#rows[source].map(Number) : null
  }
}

/** Settings of `generate`: those of generation_config.json by name, and the following. */
export interface GenerateOptions {
  /**
   * The decoder's first ids: one row for each source, or one row for all. The start is prepended unless a row begins
   * with it.
   */
  decoder_input_ids?: IdRows | null
  /** Settings that apply where the others are not set. */
  generation_config?: GenerationConfig | Readonly<Record<string, unknown>> | null
  /** Receives the ids of one source as they become certain. */
  streamer?: BaseStreamer | null
  /** Criteria that stop sources; the ids so far are the result. */
  stopping_criteria?: StoppingCriteria | StoppingCriteriaList | readonly StoppingCriteria[] | null
  /** The past of an earlier result, whose ids those of the prompt begin with. It changes no result, and saves no time. */
  past_key_values?: DynamicCache | null
  /** Changes the scores of next ids; several do so one after the other. */
  logits_processor?: LogitsProcessor | LogitsProcessorList | readonly unknown[] | null
  /** Whether the result is an object with `sequences`. Default false. */
  return_dict_in_generate?: boolean | null
  /** Aborting this signal stops the work; the promise rejects with an AbortError. */
  signal?: AbortSignal
  [setting: string]: unknown
}

/** Arguments of `generate`: ids with their attention mask, and settings. */
export interface GenerateInputs extends GenerateOptions {
  inputs?: IdRows | null
  input_ids?: IdRows | null
  attention_mask?: IdRows | null
}

/** The result of `generate` with `return_dict_in_generate`. */
export interface GenerateOutput {
  sequences: Tensor
  /** The score of each sequence; absent if `stopping_criteria` have stopped one. */
  sequences_scores?: Tensor
  /** The ids that the decoder has read: all but the last of each sequence. */
  past_key_values: DynamicCache
}

/**
 * A model that takes and returns ids. The ids that a decoder alone returns begin with those of its prompt. A call, `await model(inputs)`, returns
 * the logits of given ids; it records a trace of each row, so that `generate` is much faster for making texts.
 */
export class PreTrainedModel extends callable<(inputs: ForwardInputs) => Promise<ForwardOutput>>() {
  /** The model_type of config.json that a class is for; null: any. */
  static readonly model_type: string | null = null
  /** The model's config.json. */
  readonly config: PretrainedConfig
  /** The folder's generation settings. Changes apply to every later call. */
  readonly generation_config: GenerationConfig
  /** The name of the argument with the ids. */
  readonly main_input_name = 'input_ids'
  /** Whether the model has `generate`. */
  readonly can_generate = true
  /** The options with which the model was loaded. */
  readonly translator: Translator
  readonly #loaded: Readonly<Record<string, unknown>>

  constructor(translator: Translator) {
    super()
    this.translator = translator
    this.config = configIn(translator.model.path)
    this.#loaded = generationIn(translator.model.path)
    this.generation_config = new GenerationConfig(structuredClone(this.#loaded))
  }

  /**
   * Loads a model of the class's family, and downloads it if it is not on this machine.
   * @throws GlassformerError as `pipeline`; ERR_UNSUPPORTED for a model of another family
   */
  static async from_pretrained(model: string, options: PretrainedOptions = {}): Promise<PreTrainedModel> {
    const { folder, load } = await pretrained(model, options)
    const { model_type } = configIn(folder)
    // biome-ignore lint/complexity/noThisInStatic: the class is the one that is asked.
    if (this.model_type !== null && this.model_type !== model_type)
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        // biome-ignore lint/complexity/noThisInStatic: as above.
        `${folder} is a model of type '${model_type}', not '${this.model_type}': load it with AutoModelForSeq2SeqLM`,
      )
    return new this(await Translator.load(folder, load))
  }

  /** The logits of given ids. @throws GlassformerError as `Translator.inspect`; ERR_INPUT where the first id of a decoder is not its start */
  forward(inputs: ForwardInputs): Promise<ForwardOutput> {
    return this._call(inputs)
  }

  async _call(inputs: ForwardInputs): Promise<ForwardOutput> {
    return forwardPass(this.translator, this.#start({}), inputs)
  }

  /**
   * Generates ids from source ids, beginning with the decoder's start: a row for each source and each of
   * num_return_sequences, padded to one length. `inputs` holds ids and settings, or is the ids alone, with `settings`
   * as a second argument.
   * @throws GlassformerError as `Translator.generate`
   */
  generate(
    inputs: (GenerateInputs & { return_dict_in_generate?: false | null }) | IdRows,
    settings?: GenerateOptions & { return_dict_in_generate?: false | null },
  ): Promise<Tensor>
  generate(
    inputs: (GenerateInputs & { return_dict_in_generate: true }) | IdRows,
    settings: GenerateOptions & { return_dict_in_generate: true },
  ): Promise<GenerateOutput>
  generate(inputs: GenerateInputs & { return_dict_in_generate: true }): Promise<GenerateOutput>
  generate(inputs: GenerateInputs | IdRows, settings?: GenerateOptions): Promise<Tensor | GenerateOutput>
  async generate(given: GenerateInputs | IdRows, beside: GenerateOptions = {}): Promise<Tensor | GenerateOutput> {
    const isIds = given instanceof Tensor || Array.isArray(given)
    const all = { ...((isIds ? { inputs: given } : given) as GenerateInputs), ...beside } as GenerateInputs
    const { inputs, input_ids, attention_mask, generation_config, streamer, stopping_criteria, ...more } = all
    const { return_dict_in_generate, past_key_values, ...rest } = more
    const { decoder_input_ids, token_type_ids: _, ...named } = rest
    const ids = input_ids ?? inputs
    if (ids === undefined || ids === null)
      throw new GlassformerError('ERR_INPUT', 'generate takes input_ids: call a tokenizer')
    const sources = sourcesOf(ids, attention_mask ?? null)
    const settings: Record<string, unknown> = { ...this.#changed(), ...generation_config, ...named }
    if ('logits_processor' in settings) settings.logits_processor = processorsOf(settings.logits_processor)
    const isAlone = isDecoderOnly(this.translator.model.config)
    if (isAlone) checkPast(DynamicCache.readBy(past_key_values), sources)
    const asDict = return_dict_in_generate ?? settings.return_dict_in_generate ?? false
    const prompts = promptsOf(decoder_input_ids ?? null, sources.length)
    const found = await this.#followed(sources, { ...settings, return_dict_in_generate: null }, prompts, {
      streamer: streamer ?? null,
      criteria: criteriaOf(stopping_criteria),
    })
    const { ids: special } = this.translator.model.config
    const sequences = idTensor(
      found.map(({ sequence }) => sequence),
      special.padding ?? special.end,
    )
    if (!asDict) return sequences
    const scores = found.flatMap(({ score }) => score ?? [])
    return {
      sequences,
      ...(scores.length === found.length && { sequences_scores: new Tensor('float32', scores) }),
      past_key_values: new DynamicCache({
        sources: found.map((_, i) => sources[Math.floor((i * sources.length) / found.length)]),
        rows: found.map(({ sequence }) => sequence.slice(0, -1)),
      }),
    }
  }

  async #followed(
    sources: number[][],
    settings: Record<string, unknown>,
    prompts: number[][] | null,
    { streamer, criteria }: { streamer: BaseStreamer | null; criteria: ReturnType<typeof criteriaOf> },
  ): Promise<{ sequence: number[]; score?: number }[]> {
    const { signal, ...named } = settings
    const whole = { ...named, ...(prompts && { decoder_input_ids: prompts }) }
    const generate = (more: object) => this.translator.generate(sources, { ...whole, ...more })
    if (!streamer && !criteria) return (await generate({ ...(signal !== undefined && { signal }) })).flat()
    if (streamer && sources.length !== 1)
      throw new GlassformerError('ERR_OPTION', "option 'streamer' takes one text at a time")
    const stopped = new AbortController()
    const start = this.#start(settings)
    const isAlone = isDecoderOnly(this.translator.model.config)
    const own = sources.map((ids) => (ids.length || start === null ? ids : [start]))
    const begins = isAlone ? own : promptsWithStart(prompts ?? sources.map(() => []), start)
    const followed = new Followed(begins, { streamer, criteria, stop: () => stopped.abort() })
    const leave = followSignal(signal, stopped)
    let found: Generated[][] | null = null
    try {
      found = await generate({
        signal: stopped.signal,
        streamer: (source: number, ids: readonly number[]) => followed.tell(source, ids),
      })
    } catch (error) {
      if (!followed.hasStopped) throw error
    } finally {
      leave?.()
    }
    found?.forEach(([best], source) => followed.tell(source, best.ids))
    streamer?.end()
    return sources.flatMap((_, source) => {
      const cut = followed.cut(source)
      return cut ? [{ sequence: cut }] : present(found)[source]
    })
  }

  #start(settings: Readonly<Record<string, unknown>>): number | null {
    const { defaults, config } = this.translator.model
    return (settings.decoder_start_token_id as number | null | undefined) ?? defaults.start ?? config.ids.start
  }

  /** Changes of `generation_config` since the model was loaded. */
  #changed(): Record<string, unknown> {
    const isSame = (name: string, value: unknown) => JSON.stringify(value) === JSON.stringify(this.#loaded[name])
    const kept = Object.entries(this.generation_config).filter(([name, value]) => !isSame(name, value))
    const gone = Object.keys(this.#loaded).filter((name) => !(name in this.generation_config))
    return { ...Object.fromEntries(kept), ...Object.fromEntries(gone.map((name) => [name, null])) }
  }

  /** Frees the model. Resolves with a result for each session, of which there are none here. */
  async dispose(): Promise<unknown[]> {
    await this.translator.close()
    return []
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose()
  }
}

/**
 * Aborts together with a caller's signal; returns a function that ends the connection.
 * @throws GlassformerError ERR_OPTION for a value that is not a signal
 */
function followSignal(signal: unknown, stopped: AbortController): (() => void) | undefined {
  if (signal === undefined || signal === null) return undefined
  if (!abortSignal.accepts(signal)) return inOptions.fail('signal', abortSignal.expected, signal)
  if (signal.aborted) stopped.abort(signal.reason)
  return onAbort(signal, () => stopped.abort(signal.reason))
}

/** Refuses a past that is not that of these prompts. @throws GlassformerError ERR_INPUT */
function checkPast(past: ReadRows | null, prompts: readonly number[][]): void {
  const isBegun = (ids: readonly number[], i: number) => ids.every((id, k) => id === prompts[i]?.[k])
  if (past && !past.rows.every(isBegun))
    throw new GlassformerError('ERR_INPUT', 'past_key_values is not the past of input_ids: give all ids, its own first')
}
