import { didYouMean } from '../../base/did-you-mean.ts'
import { GlassformerError, shown } from '../../base/errors.ts'
import type { Translator } from '../translate/translator.ts'
import type { GenerateOptions, PreTrainedModel } from './model.ts'
import { modelIn } from './model-classes.ts'
import { prefixOf } from './prefix.ts'
import { type PretrainedOptions, pretrained } from './pretrained.ts'
import { TextStreamer } from './text-streamer.ts'
import { PreTrainedTokenizer } from './tokenizer.ts'

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
export interface PipelineCallOptions extends GenerateOptions {
  /** The languages of texts and translations, for a model of many. */
  src_lang?: string
  tgt_lang?: string
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
  const found = await pretrained(model, options)
  const own = await modelIn(found)
  const { translator } = own
  if (!translator.model.hasTokenizer) {
    await own.dispose()
    throw new GlassformerError('ERR_INPUT', `${found.folder} has no tokenizer, which a pipeline needs`)
  }
  const tokenizer = new PreTrainedTokenizer(translator.tokenizer, found.folder, translator.model.config)
  const dispose = () => own.dispose()
  found.tell({ status: 'ready', task, model })
  const call = async (texts: string | readonly string[], given: PipelineCallOptions = {}) => {
    const written = await write({ task, model: own, tokenizer }, texts, given)
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

interface Parts {
  task: string
  model: PreTrainedModel
  tokenizer: PreTrainedTokenizer
}

/** What the model writes for texts. Each is one sequence, cut where the model reads no more. */
async function write(
  { task, model, tokenizer }: Parts,
  texts: string | readonly string[],
  { src_lang, tgt_lang, ...settings }: PipelineCallOptions,
): Promise<string[]> {
  const list = typeof texts === 'string' ? [texts] : texts
  if (!Array.isArray(list) || !list.every((text) => typeof text === 'string'))
    throw new GlassformerError('ERR_INPUT', `a pipeline takes a text or a list of texts, not ${shown(texts)}`)
  if (settings.return_dict_in_generate)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      "option 'return_dict_in_generate': a pipeline returns texts; call its model.generate for ids and scores",
    )
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

/** As many new tokens as the model can write, where neither the call nor the folder says how many. */
function longestOf({ translator, generation_config: own }: PreTrainedModel, settings: PipelineCallOptions): object {
  const places: Readonly<Record<string, unknown>>[] = [own, { ...settings.generation_config }, settings]
  const isSaid = places.some((each) => (each.max_new_tokens ?? each.max_length ?? null) !== null)
  return isSaid || translator.model.defaults.maxTokens !== null
    ? {}
    : { max_new_tokens: translator.model.config.maxLength - 1 }
}

/** The languages of a call; those that the task names count only for a model that can be told some. */
function languagesOf({ tokenizer }: Translator, task: string, source: string | undefined, target: string | undefined) {
  const { source: sources, target: targets } = tokenizer.languages
  const [, from, to] = /^translation_(\w+)_to_(\w+)$/.exec(task) ?? []
  const src_lang = source ?? (sources.length ? from : undefined)
  const tgt_lang = target ?? (targets.length ? to : undefined)
  return { ...(src_lang !== undefined && { src_lang }), ...(tgt_lang !== undefined && { tgt_lang }) }
}
