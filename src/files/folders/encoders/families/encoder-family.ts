import type { HeadConfig, TextEncoderConfig } from '../../../../engine/model/text-encoder/index.ts'
import type { JsonFields } from '../../../../formats/json/json-fields.ts'
import type { TensorSource } from '../../../../formats/tensors/tensor-file.ts'
import type { RowsOf } from '../layout/row-tensors.ts'

/** The computation of an architecture's class after the encoder (transformers' names: BertForMaskedLM). */
export type Task = 'none' | 'classes' | 'tokens' | 'spans' | 'vocabulary' | 'discriminator'

/** What a family says of a head, beside what follows from its kind. */
export type HeadOf = Partial<
  Pick<HeadConfig, 'pooling' | 'dense' | 'denseBias' | 'norm' | 'width' | 'tied' | 'outputBias'>
>

/** A family of encoders: the form of its config.json, and its names of weights. */
export interface EncoderFamily {
  /** The values of config.json's model_type that name the family. */
  modelTypes: readonly string[]
  config(fields: JsonFields): Omit<TextEncoderConfig, 'head'>
  /** The head of a task; null where the family has none. `pooled` is the vector of a text that a model without a task computes. */
  head(task: Exclude<Task, 'none'> | 'pooled', fields: JsonFields): HeadOf | null
  /**
   * Stored names by our own names: of a weight, or of its module, where `*` stands for the number of a layer; the first that the folder has is
   * read. Names of the head depend on its task.
   */
  names: Readonly<Record<string, string | readonly string[]>>
  headNames: Readonly<
    Partial<Record<Exclude<Task, 'none'> | 'pooled', Readonly<Record<string, string | readonly string[]>>>>
  >
  /** What may stand before the encoder's names: 'bert.'. */
  prefix: string
  /** Tensors in which several weights lie, by the names of these weights. */
  rows?(source: TensorSource, config: TextEncoderConfig): ReadonlyMap<string, RowsOf>
}
