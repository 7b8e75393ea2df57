import { didYouMean } from '../../base/did-you-mean.ts'
import { GlassformerError, shown } from '../../base/errors.ts'
import type { TranslateOptions } from '../translate/options.ts'
import { Translator } from '../translate/translator.ts'
import { generationOptions } from './generation-options.ts'
import { longestSource } from './longest-source.ts'
import { bestOf, PreTrainedModel } from './model.ts'
import { prefixOf } from './prefix.ts'
import { type PretrainedOptions, pretrained } from './pretrained.ts'
import type { InterruptableStoppingCriteria, TextStreamer } from './text-streamer.ts'
import { callable, type PreTrainedTokenizer } from './tokenizer.ts'

/** What each task calls its texts. */
const keys = {
  translation: 'translation_text',
  summarization: 'summary_text',
  'text2text-generation': 'generated_text',
} as const

type Task = keyof typeof keys

/** The tasks; `translation_en_to_fr` names the languages as well. */
export type PipelineTask = Task | `translation_${string}_to_${string}`

type TaskOf<T extends PipelineTask> = T extends Task ? T : 'translation'
type Output<T extends PipelineTask> = Record<(typeof keys)[TaskOf<T>], string>

/** How texts are generated: settings of generation_config.json by their names, and the following. */
export interface PipelineCallOptions {
  /** The languages of texts and translations, for a model of many. */
  src_lang?: string
  tgt_lang?: string
  /** Is given one text piece by piece. */
  streamer?: TextStreamer | null
  /** Interrupting it ends the work; what has been written is the result. */
  stopping_criteria?: InterruptableStoppingCriteria | null
  /** Aborting this signal stops the work; the promise rejects with ERR_ABORTED. */
  signal?: AbortSignal
  [setting: string]: unknown
}

/** A model with its task, which is called with a text or several. It gives a list: of each text, as many as num_return_sequences. */
export interface Pipeline<T extends PipelineTask = PipelineTask> extends AsyncDisposable {
  (texts: string | readonly string[], options?: PipelineCallOptions): Promise<Output<T>[]>
  readonly task: T
  readonly model: PreTrainedModel
  readonly tokenizer: PreTrainedTokenizer
  /** Frees the model. */
  dispose(): Promise<void>
}

/**
 * Loads a model for a task, as transformers.js does: a folder's path, or a name of the Hugging Face hub, which is downloaded where it is not
 * in the cache.
 * @throws GlassformerError ERR_UNSUPPORTED for another task, dtype or device; the errors of `pull` and of `Translator.load`
 */
export async function pipeline<T extends PipelineTask>(
  task: T,
  model: string,
  options: PretrainedOptions = {},
): Promise<Pipeline<T>> {
  const key = keyOf(task)
  if (typeof model !== 'string')
    throw new GlassformerError(
      'ERR_OPTION',
      `pipeline takes a model's name or path, not ${shown(model)}: there is no default`,
    )
  const { folder, load, tell } = await pretrained(model, options)
  const translator = await Translator.load(folder, load)
  if (!translator.model.hasTokenizer) {
    await translator.close()
    throw new GlassformerError('ERR_INPUT', `${folder} has no tokenizer, which a pipeline needs`)
  }
  const own = new PreTrainedModel(translator)
  const { ids, maxLength } = translator.model.config
  const longest = longestSource(folder, maxLength)
  const tokenizer = callable(translator.tokenizer, ids.padding ?? ids.end, longest)
  const dispose = () => own.dispose()
  tell({ status: 'ready', task, model })
  const call = async (texts: string | readonly string[], given: PipelineCallOptions = {}) => {
    const written = await new Work(own, { task, longest }, given).write(texts)
    return written.map((text) => ({ [key]: text }))
  }
  return Object.assign(call, {
    ...{ task, model: own, tokenizer, dispose },
    [Symbol.asyncDispose]: dispose,
  }) as unknown as Pipeline<T>
}

function keyOf(task: string): string {
  const name = /^translation_\w+_to_\w+$/.test(task) ? 'translation' : task
  if (Object.hasOwn(keys, name)) return keys[name as Task]
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `task ${shown(task)} is not supported: the tasks are ${Object.keys(keys).join(', ')} and translation_xx_to_yy${didYouMean(task, Object.keys(keys))}`,
  )
}

/** One call of a pipeline. */
class Work {
  readonly #translator: Translator
  readonly #prefix: string
  readonly #longest: number
  readonly #languages: { sourceLanguage?: string; targetLanguage?: string }
  readonly #options: TranslateOptions
  readonly #given: PipelineCallOptions

  constructor(
    model: PreTrainedModel,
    { task, longest }: { task: string; longest: number },
    given: PipelineCallOptions,
  ) {
    const { src_lang, tgt_lang, streamer, stopping_criteria, signal, ...settings } = given
    this.#translator = model.translator
    this.#prefix = prefixOf(model.config, task)
    this.#longest = longest
    this.#given = given
    this.#languages = languagesOf(model.translator, task, src_lang, tgt_lang)
    const { targetLanguage } = this.#languages
    this.#options = {
      ...generationOptions(settings, model.translator.model.defaults),
      ...(targetLanguage !== undefined && { targetLanguage }),
      ...(signal && { signal }),
    }
  }

  /** What the model writes for texts. Each is one sequence, cut where the model reads no more. */
  async write(texts: string | readonly string[]): Promise<string[]> {
    const list = typeof texts === 'string' ? [texts] : texts
    if (!Array.isArray(list) || !list.every((text) => typeof text === 'string'))
      throw new GlassformerError('ERR_INPUT', `a pipeline takes a text or a list of texts, not ${shown(texts)}`)
    const { tokenizer } = this.#translator
    const sources = list.map((text) =>
      tokenizer.encode(this.#prefix + text, { ...this.#languages, maxLength: this.#longest }),
    )
    const { streamer, stopping_criteria } = this.#given
    if (streamer && list.length > 1)
      throw new GlassformerError('ERR_OPTION', "option 'streamer' takes one text at a time")
    if (streamer || stopping_criteria) return Promise.all(sources.map((source) => this.#stream(source)))
    const translations = await this.#translator.translate(sources, this.#options)
    return translations.flatMap(bestOf).map(({ text }) => text)
  }

  async #stream(source: readonly number[]): Promise<string> {
    const { streamer, stopping_criteria } = this.#given
    let text = ''
    for await (const piece of this.#translator.stream(source, this.#options)) {
      if (stopping_criteria?.interrupted) break
      text += piece.text
      streamer?.on_finalized_text(piece.text, false)
    }
    streamer?.end()
    return text
  }
}

/** The languages of a call; those that the task names count only for a model that can be told some. */
function languagesOf({ tokenizer }: Translator, task: string, source: string | undefined, target: string | undefined) {
  const { source: sources, target: targets } = tokenizer.languages
  const [, from, to] = /^translation_(\w+)_to_(\w+)$/.exec(task) ?? []
  const sourceLanguage = source ?? (sources.length ? from : undefined)
  const targetLanguage = target ?? (targets.length ? to : undefined)
  return {
    ...(sourceLanguage !== undefined && { sourceLanguage }),
    ...(targetLanguage !== undefined && { targetLanguage }),
  }
}
