import { didYouMean } from '../../base/did-you-mean.ts'
import { GlassformerError, shown } from '../../base/errors.ts'
import { isDecoderOnly } from '../../engine/model/config/config.ts'
import { afterStart } from '../../language/text/tokenizer/tokenizer.ts'
import type { Translator } from '../translate/translator.ts'
import {
  type EncoderPipeline,
  type EncoderTask,
  encoderPipeline,
  encoderTasks,
  isEncoderTask,
} from './encoder-pipeline.ts'
import { IMAGE, type ImagePipeline, imagePipeline } from './image-pipeline.ts'
import type { GenerateOptions, PreTrainedModel } from './model.ts'
import { modelIn } from './model-classes.ts'
import { translatorTokenizer } from './own-tokenizer.ts'
import { prefixOf } from './prefix.ts'
import { type PretrainedOptions, pretrained } from './pretrained.ts'
import { SPEECH, type SpeechPipeline, speechPipeline } from './speech-pipeline.ts'
import { TextStreamer } from './text-streamer.ts'
import { PreTrainedTokenizer } from './tokenizer.ts'

/** The key of the texts in the result of each task. */
const keys = {
  translation: 'translation_text',
  summarization: 'summary_text',
  'text2text-generation': 'generated_text',
  'text-generation': 'generated_text',
} as const

type Task = keyof typeof keys

/** The tasks; a task such as `translation_en_to_fr` names the languages as well. */
export type PipelineTask = Task | `translation_${string}_to_${string}`

type TaskOf<T extends PipelineTask> = T extends Task ? T : 'translation'
type Output<T extends PipelineTask> = Record<(typeof keys)[TaskOf<T>], string>

/** Settings of text generation: those of generation_config.json by name, and the following. */
export interface PipelineCallOptions extends GenerateOptions {
  /** The languages of texts and translations, for a multilingual model. */
  src_lang?: string
  tgt_lang?: string
  /** With text-generation: whether texts begin with their prompt. Default true. */
  return_full_text?: boolean
}

/** The results of several texts: with text-generation a list for each. */
type Outputs<T extends PipelineTask> = T extends 'text-generation' ? Output<T>[][] : Output<T>[]

/**
 * A model with its task, called with one text or several. It returns a list with num_return_sequences results for each
 * text.
 */
export interface Pipeline<T extends PipelineTask = PipelineTask> extends AsyncDisposable {
  (text: string, options?: PipelineCallOptions): Promise<Output<T>[]>
  (texts: readonly string[], options?: PipelineCallOptions): Promise<Outputs<T>>
  (texts: string | readonly string[], options?: PipelineCallOptions): Promise<Output<T>[] | Outputs<T>>
  readonly task: T
  readonly model: PreTrainedModel
  readonly tokenizer: PreTrainedTokenizer
  /** Frees the model. */
  dispose(): Promise<void>
}

/**
 * Loads a model for a task, as transformers.js does: from a folder's path, or by a name of the Hugging Face hub, which
 * is downloaded if it is not in the cache.
 * @throws GlassformerError ERR_UNSUPPORTED for another task, dtype or device; the errors of `pull` and of
 * `Translator.load`
 */
export function pipeline<T extends EncoderTask>(
  task: T,
  model: string,
  options?: PretrainedOptions,
): Promise<EncoderPipeline<T>>
export function pipeline(task: typeof SPEECH, model: string, options?: PretrainedOptions): Promise<SpeechPipeline>
export function pipeline(task: typeof IMAGE, model: string, options?: PretrainedOptions): Promise<ImagePipeline>
export function pipeline<T extends PipelineTask>(
  task: T,
  model: string,
  options?: PretrainedOptions,
): Promise<Pipeline<T>>
export async function pipeline(
  task: PipelineTask | EncoderTask | typeof SPEECH | typeof IMAGE,
  model: string,
  options: PretrainedOptions = {},
): Promise<Pipeline | EncoderPipeline | SpeechPipeline | ImagePipeline> {
  if (typeof model !== 'string')
    throw new GlassformerError(
      'ERR_OPTION',
      `pipeline takes a model's name or path, not ${shown(model)}: there is no default`,
    )
  if (isEncoderTask(task)) return encoderPipeline(task, model, options)
  if (task === IMAGE) return imagePipeline(model, options)
  return task === SPEECH ? speechPipeline(model, options) : textPipeline(task, model, options)
}

async function textPipeline<T extends PipelineTask>(
  task: T,
  model: string,
  options: PretrainedOptions,
): Promise<Pipeline<T>> {
  const key = keyOf(task)
  const found = await pretrained(model, options)
  const own = await modelIn(found)
  const { translator } = own
  if (!translator.model.hasTokenizer) {
    await own.dispose()
    throw new GlassformerError('ERR_INPUT', `${found.folder} has no tokenizer, which a pipeline needs`)
  }
  const isAlone = isDecoderOnly(translator.model.config)
  if (isAlone !== (task === 'text-generation')) {
    await own.dispose()
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${found.folder} is ${isAlone ? 'a decoder alone: its task is text-generation' : 'a model with an encoder, not one for text-generation'}`,
    )
  }
  const tokenizer = new PreTrainedTokenizer(
    translatorTokenizer(translator.tokenizer, translator.model.config),
    found.folder,
  )
  const dispose = () => own.dispose()
  found.tell({ status: 'ready', task, model })
  const call = async (texts: string | readonly string[], given: PipelineCallOptions = {}) => {
    const list = textsIn(texts, given)
    if (isAlone) {
      const written = await goOn({ model: own, tokenizer }, list, given)
      const results = written.map((own) => own.map((text) => ({ [key]: text })))
      return typeof texts === 'string' ? results[0] : results
    }
    const written = await write({ task, model: own, tokenizer }, list, given)
    return written.map((text) => ({ [key]: text }))
  }
  return Object.assign(call, {
    task,
    model: own,
    tokenizer,
    dispose,
    [Symbol.asyncDispose]: dispose,
  }) as unknown as Pipeline<T>
}

function keyOf(task: string): string {
  const name = /^translation_\w+_to_\w+$/.test(task) ? 'translation' : task
  if (Object.hasOwn(keys, name)) return keys[name as Task]
  const names = [...Object.keys(keys), ...encoderTasks, SPEECH, IMAGE]
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `task ${shown(task)} is not supported: the tasks are ${names.join(', ')} and translation_xx_to_yy${didYouMean(task, names)}`,
  )
}

interface Parts {
  task: string
  model: PreTrainedModel
  tokenizer: PreTrainedTokenizer
}

/** The texts of a call, checked with its options. */
function textsIn(texts: string | readonly string[], settings: PipelineCallOptions): readonly string[] {
  const list = typeof texts === 'string' ? [texts] : texts
  if (!Array.isArray(list) || !list.every((text) => typeof text === 'string'))
    throw new GlassformerError('ERR_INPUT', `a pipeline takes a text or a list of texts, not ${shown(texts)}`)
  if (settings.return_dict_in_generate)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      "option 'return_dict_in_generate': a pipeline returns texts; call its model.generate for ids and scores",
    )
  return list
}

/** Generates from texts. Each text is one sequence, truncated to the longest source of the model. */
async function write(
  { task, model, tokenizer }: Parts,
  list: readonly string[],
  { src_lang, tgt_lang, ...settings }: PipelineCallOptions,
): Promise<string[]> {
  if (!list.length) return []
  const languages = languagesOf(model.translator, task, src_lang, tgt_lang)
  const prefix = prefixOf(model.config, task)
  const inputs = tokenizer(
    list.map((text) => prefix + text),
    { truncation: true, ...languages },
  )
  const begin = languages.tgt_lang === undefined ? null : model.translator.tokenizer.targetStart(languages.tgt_lang)
  const { streamer } = settings
  if (streamer instanceof TextStreamer) streamer.tokenizer ??= tokenizer
  const ids = await model.generate({
    ...(begin !== null && { forced_bos_token_id: begin }),
    ...longestOf(model, settings),
    ...settings,
    ...inputs,
    return_dict_in_generate: false,
  })
  return tokenizer.batch_decode(ids, { skip_special_tokens: true })
}

/** The number of new tokens if neither the call nor the folder sets it: as many as the model can generate. */
function longestOf({ translator, generation_config: own }: PreTrainedModel, settings: PipelineCallOptions): object {
  const places: Readonly<Record<string, unknown>>[] = [own, { ...settings.generation_config }, settings]
  const isSaid = places.some((each) => (each.max_new_tokens ?? each.max_length ?? null) !== null)
  return isSaid || translator.model.defaults.maxTokens !== null
    ? {}
    : { max_new_tokens: translator.model.config.maxLength - 1 }
}

/** The languages of a call. Languages in the task's name count only for a multilingual model. */
function languagesOf({ tokenizer }: Translator, task: string, source: string | undefined, target: string | undefined) {
  const { source: sources, target: targets } = tokenizer.languages
  const [, from, to] = /^translation_(\w+)_to_(\w+)$/.exec(task) ?? []
  const src_lang = source ?? (sources.length ? from : undefined)
  const tgt_lang = target ?? (targets.length ? to : undefined)
  return { ...(src_lang !== undefined && { src_lang }), ...(tgt_lang !== undefined && { tgt_lang }) }
}

/** Goes on with texts: num_return_sequences texts for each, with their prompts unless return_full_text is false. */
async function goOn(
  { model, tokenizer }: { model: PreTrainedModel; tokenizer: PreTrainedTokenizer },
  texts: readonly string[],
  { src_lang: _, tgt_lang: __, return_full_text = true, ...settings }: GenerateOptions,
): Promise<string[][]> {
  if (!texts.length) return []
  const { sourceStart, start, end } = model.translator.model.config.ids
  const prompts = texts.map((text) => {
    const ids = afterStart(sourceStart, tokenizer.encode(text, { add_special_tokens: false }))
    return ids.length ? ids : [start ?? end]
  })
  const { streamer } = settings
  if (streamer instanceof TextStreamer) streamer.tokenizer ??= tokenizer
  const lengths = Math.max(...prompts.map(({ length }) => length))
  const rows = prompts.map((ids) => [...new Array<number>(lengths - ids.length).fill(end), ...ids])
  const attention_mask = prompts.map(({ length }) => rows[0].map((_, column) => (column < lengths - length ? 0 : 1)))
  const ids = await model.generate({ ...settings, input_ids: rows, attention_mask, return_dict_in_generate: false })
  const written = tokenizer.batch_decode(ids, { skip_special_tokens: true })
  const each = written.length / texts.length
  return prompts.map((prompt, i) => {
    const own = written.slice(i * each, (i + 1) * each)
    const before = tokenizer.decode(prompt, { skip_special_tokens: true })
    // As transformers has it, a prompt is returned as it was given.
    return own.map((text) => (return_full_text ? texts[i] : '') + text.slice(before.length))
  })
}
