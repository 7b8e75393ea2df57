import { join } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { readJsonObject } from '../../files/formats/read-json.ts'
import type { Translation } from '../translate/translation.ts'
import { Translator } from '../translate/translator.ts'
import { type PretrainedOptions, pretrained } from './pretrained.ts'
import { type IdRows, rowsOf, Tensor } from './tensor.ts'

/** What `generate` is given: ids, and the settings of generation_config.json by their names. */
export interface GenerateInputs {
  inputs?: IdRows
  input_ids?: IdRows
  attention_mask?: IdRows
  signal?: AbortSignal
  [setting: string]: unknown
}

/** A model that is asked in ids. */
export class PreTrainedModel {
  /** The model's config.json. */
  readonly config: Readonly<Record<string, unknown>>
  /** What the model is loaded as. */
  readonly translator: Translator

  constructor(translator: Translator) {
    this.translator = translator
    this.config = readJsonObject(join(translator.model.path, 'config.json'))
  }

  /**
   * The ids that the model writes for those of the sources, from the decoder's start on: a row for each source and each of
   * num_return_sequences, filled up with padding.
   * @throws GlassformerError as `Translator.generate`
   */
  async generate({ inputs, input_ids = inputs, attention_mask, signal, ...settings }: GenerateInputs): Promise<Tensor> {
    if (input_ids === undefined) throw new GlassformerError('ERR_INPUT', 'generate takes input_ids: call a tokenizer')
    const masks = attention_mask === undefined ? null : rowsOf(attention_mask)
    const sources = rowsOf(input_ids).map((row, r) => row.filter((_, c) => masks === null || masks[r]?.[c] === 1))
    const found = await this.translator.generate(sources, { ...settings, ...(signal && { signal }) })
    const { ids } = this.translator.model.config
    const rows = found.flat().map(({ sequence }) => sequence)
    return new Tensor(rows, ids.padding ?? ids.end)
  }

  /** Frees the model. */
  dispose(): Promise<void> {
    return this.translator.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose()
  }
}

/** The best translations that were asked for. */
export const bestOf = (translation: Translation) => translation.alternatives ?? [translation]

/** Loads any of the families of encoder-decoders, which is downloaded where it is not there. */
export const AutoModelForSeq2SeqLM = {
  /** @throws GlassformerError as `pipeline` */
  async from_pretrained(model: string, options: PretrainedOptions = {}): Promise<PreTrainedModel> {
    const { folder, load } = await pretrained(model, options)
    return new PreTrainedModel(await Translator.load(folder, load))
  },
}
