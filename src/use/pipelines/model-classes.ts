import { GlassformerError } from '../../base/errors.ts'
import { isDecoderOnly } from '../../engine/model/config/config.ts'
import { Translator } from '../translate/translator.ts'
import { configIn } from './config.ts'
import { type EncoderModel, encoderClassOf, encoderStatesIn, isEncoderFolder } from './encoder-model.ts'
import { PreTrainedModel } from './model.ts'
import { type Pretrained, type PretrainedOptions, pretrained } from './pretrained.ts'

// A class for each model family, with the names of transformers.js.

/** A model of the family Marian (OPUS-MT). */
export class MarianMTModel extends PreTrainedModel {
  static override readonly model_type = 'marian'
}
/** A model of the family BART. */
export class BartForConditionalGeneration extends PreTrainedModel {
  static override readonly model_type = 'bart'
}
/** A model of the family mBART. */
export class MBartForConditionalGeneration extends PreTrainedModel {
  static override readonly model_type = 'mbart'
}
/** A model of the family M2M100 and NLLB. */
export class M2M100ForConditionalGeneration extends PreTrainedModel {
  static override readonly model_type = 'm2m_100'
}
/** A model of the family Blenderbot. */
export class BlenderbotForConditionalGeneration extends PreTrainedModel {
  static override readonly model_type = 'blenderbot'
}
/** A model of the family Pegasus. */
export class PegasusForConditionalGeneration extends PreTrainedModel {
  static override readonly model_type = 'pegasus'
}
/** A model of the family T5 and FLAN-T5. */
export class T5ForConditionalGeneration extends PreTrainedModel {
  static override readonly model_type = 't5'
}
/** A model of the family mT5. */
export class MT5ForConditionalGeneration extends PreTrainedModel {
  static override readonly model_type = 'mt5'
}
/** A model of the family LongT5. */
export class LongT5ForConditionalGeneration extends PreTrainedModel {
  static override readonly model_type = 'longt5'
}
/** A model of the family GPT-2. */
export class GPT2LMHeadModel extends PreTrainedModel {
  static override readonly model_type = 'gpt2'
}

const classes = [
  ...[MarianMTModel, BartForConditionalGeneration, MBartForConditionalGeneration, M2M100ForConditionalGeneration],
  ...[BlenderbotForConditionalGeneration, PegasusForConditionalGeneration],
  ...[T5ForConditionalGeneration, MT5ForConditionalGeneration, LongT5ForConditionalGeneration, GPT2LMHeadModel],
]

/**
 * Loads the model that was found, as an object of the class that its config.json names.
 * @throws GlassformerError ERR_UNSUPPORTED for an encoder without a decoder
 */
export async function modelIn({ folder, load }: Pretrained): Promise<PreTrainedModel> {
  const { model_type } = configIn(folder)
  if (isEncoderFolder(folder))
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${folder} is an encoder without a decoder: load it with ${encoderClassOf(folder)}`,
    )
  const Model = classes.find((each) => each.model_type === model_type) ?? PreTrainedModel
  return new Model(await Translator.load(folder, load))
}

/** Loads an encoder-decoder of any family, and downloads it if it is not on this machine. */
export const AutoModelForSeq2SeqLM = {
  /** @throws GlassformerError as `pipeline` */
  async from_pretrained(model: string, options: PretrainedOptions = {}): Promise<PreTrainedModel> {
    return modelIn(await pretrained(model, options))
  },
}

/** Loads a decoder alone of any family, and downloads it if it is not on this machine. */
export const AutoModelForCausalLM = {
  /** @throws GlassformerError as `pipeline`; ERR_UNSUPPORTED for a model with an encoder */
  async from_pretrained(model: string, options: PretrainedOptions = {}): Promise<PreTrainedModel> {
    const found = await modelIn(await pretrained(model, options))
    if (isDecoderOnly(found.translator.model.config)) return found
    await found.dispose()
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${found.translator.model.path} has an encoder: load it with AutoModelForSeq2SeqLM`,
    )
  },
}

/** Loads a model of any kind, and downloads it if it is not on this machine: the states of an encoder, or a model that generates. */
export const AutoModel = {
  /** @throws GlassformerError as `pipeline` */
  async from_pretrained(model: string, options: PretrainedOptions = {}): Promise<PreTrainedModel | EncoderModel> {
    const found = await pretrained(model, options)
    return isEncoderFolder(found.folder) ? encoderStatesIn(found) : modelIn(found)
  },
}
