import type { JsonObject } from '../../../formats/json/json-text.ts'
import type { TensorSource } from '../../../formats/tensors/tensor-file.ts'
import type { EncoderFamily } from './families/index.ts'

/** An encoder's folder in any layout: its settings under the keys of its family's config.json, and its weights. */
export interface StoredEncoder {
  family: EncoderFamily
  json: JsonObject
  /** The file that says the settings. */
  where: string
  open(): TensorSource
}
