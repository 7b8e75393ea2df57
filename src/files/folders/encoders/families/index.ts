import { didYouMean } from '../../../../base/did-you-mean.ts'
import { GlassformerError } from '../../../../base/errors.ts'
import { albert } from './albert.ts'
import { bert } from './bert.ts'
import { deberta, debertaV2 } from './deberta.ts'
import { distilbert } from './distilbert.ts'
import { electra } from './electra.ts'
import type { EncoderFamily } from './encoder-family.ts'
import { modernbert } from './modernbert.ts'
import { mpnet } from './mpnet.ts'
import { nomicBert } from './nomic-bert.ts'
import { roberta } from './roberta.ts'

/** Every family of encoders that can be read. */
export const encoderFamilies: readonly EncoderFamily[] = [
  bert,
  distilbert,
  roberta,
  mpnet,
  electra,
  albert,
  modernbert,
  deberta,
  debertaV2,
  nomicBert,
]

const byType = new Map(encoderFamilies.flatMap((family) => family.modelTypes.map((type) => [type, family])))

/** Whether a model_type of config.json names an encoder without a decoder. */
export const isEncoderType = (type: unknown): boolean => typeof type === 'string' && byType.has(type)

/** The family that config.json's model_type names. @throws GlassformerError ERR_MODEL_FORMAT, ERR_UNSUPPORTED */
export function encoderFamilyOf(type: unknown, where: string): EncoderFamily {
  if (typeof type !== 'string')
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${where}: model_type is missing; it says how the folder is laid out`,
    )
  const family = byType.get(type)
  if (family) return family
  const types = [...byType.keys()]
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `${where}: model_type '${type}' is no encoder that can be read; these are: ${types.map((name) => `'${name}'`).join(', ')}${didYouMean(type, types)}`,
  )
}

export type { EncoderFamily, HeadOf, Task } from './encoder-family.ts'
