import { GlassformerError } from '../../base/errors.ts'
import type { ImageInput } from '../../image/open-image.ts'
import type { ReadOptions } from '../read/options.ts'
import { Reader } from '../read/reader.ts'
import { resolveGenerate } from '../translate/options/generate-settings.ts'
import { generationIn } from './config.ts'
import { fetched } from './fetched.ts'
import type { GenerateOptions } from './model.ts'
import { type PretrainedOptions, pretrained } from './pretrained.ts'

/** The task of writing the text of pictures, or captions. */
export const IMAGE = 'image-to-text'

/** A text of a picture. */
export interface ImageText {
  generated_text: string
}

/** A picture of a call: as `read` takes it, also the address of a file in the web, and objects such as RawImage of transformers.js. */
export type ImagePipelineInput = ImageInput

/** A model that sees, called with one picture or a list of them. It returns num_return_sequences texts for each. */
export interface ImagePipeline extends AsyncDisposable {
  (image: ImagePipelineInput, options?: GenerateOptions): Promise<ImageText[]>
  (images: readonly ImagePipelineInput[], options?: GenerateOptions): Promise<ImageText[][]>
  readonly task: typeof IMAGE
  readonly reader: Reader
  /** Frees the model. */
  dispose(): Promise<void>
}

/** @throws GlassformerError as `pipeline` and `Reader.load` */
export async function imagePipeline(model: string, options: PretrainedOptions): Promise<ImagePipeline> {
  const found = await pretrained(model, options)
  const reader = await Reader.load(found.folder, found.load)
  if (!reader.model.hasTokenizer) {
    await reader.close()
    throw new GlassformerError('ERR_INPUT', `${found.folder} has no tokenizer, which a pipeline needs`)
  }
  found.tell({ status: 'ready', task: IMAGE, model })
  async function* opened(images: readonly ImagePipelineInput[], signal: AbortSignal | undefined) {
    for (const image of images) yield (await fetched(image, signal)) ?? image
  }
  const call = async (
    given: ImagePipelineInput | readonly ImagePipelineInput[],
    settings: GenerateOptions = {},
  ): Promise<ImageText[] | ImageText[][]> => {
    const own = optionsOf(reader, settings)
    const isList = Array.isArray(given)
    const images: readonly ImagePipelineInput[] = isList ? given : [given as ImagePipelineInput]
    const texts: ImageText[][] = []
    for await (const reading of reader.readEach(opened(images, own.signal), own))
      texts.push((reading.alternatives ?? [reading]).map(({ text }) => ({ generated_text: text.trim() })))
    return isList ? texts : texts[0]
  }
  const dispose = () => reader.close()
  return Object.assign(call, { task: IMAGE, reader, dispose, [Symbol.asyncDispose]: dispose }) as ImagePipeline
}

/** The options of reading that settings of generate() mean. @throws GlassformerError ERR_OPTION, ERR_UNSUPPORTED */
function optionsOf({ model }: Reader, { generation_config, ...given }: GenerateOptions): ReadOptions {
  const named: Record<string, unknown> = { ...generation_config, ...given }
  const folder = generationIn(model.path)
  const isLengthSaid = [folder, named].some((each) => (each.max_new_tokens ?? each.max_length ?? null) !== null)
  // As the other pipelines: as many tokens as the model can write, where nothing says how many.
  const whole = { ...(!isLengthSaid && { max_new_tokens: model.config.maxLength - 1 }), ...named }
  const resolved = resolveGenerate(whole, [[]], { ...model, generation: model.defaults, settings: folder })
  const [{ options, begin, assistant }] = resolved.sources
  const unread = {
    decoder_input_ids: begin.length > 1,
    logits_processor: resolved.processors.length > 0,
    prefix_allowed_tokens_fn: resolved.prefixAllowed !== undefined,
    streamer: resolved.streamer !== undefined,
    assistant_model: assistant !== undefined,
    adapter: resolved.adapterName !== undefined,
  }
  for (const [name, isSet] of Object.entries(unread))
    if (isSet)
      throw new GlassformerError('ERR_UNSUPPORTED', `option '${name}' is not followed for pictures: leave it out`)
  return { ...options, ...resolved.scheduling }
}
