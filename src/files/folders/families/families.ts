import { normOrders } from '../../../base/choices/norm-order.ts'
import { hasSelfAttention, inPlaceOfAttention, selfAttentionKindOf } from '../../../base/choices/self-attention-kind.ts'
import { didYouMean } from '../../../base/did-you-mean.ts'
import { GlassformerError } from '../../../base/errors.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import type { FeedForwardSettings } from '../../../engine/model/config/feed-forward-settings.ts'
import { stackKindsOf } from '../../../engine/model/config/own-side-settings.ts'
import { bart } from './bart.ts'
import { bigBirdPegasus } from './bigbird-pegasus.ts'
import { blenderbot } from './blenderbot.ts'
import { blenderbotSmall } from './blenderbot-small.ts'
import { encoderDecoder } from './encoder-decoder.ts'
import type { Family } from './family.ts'
import { fsmt } from './fsmt.ts'
import { glassformer } from './glassformer.ts'
import { gpt2 } from './gpt2.ts'
import { led } from './led.ts'
import { longT5 } from './longt5.ts'
import { m2m100 } from './m2m100.ts'
import { marian } from './marian.ts'
import { mbart } from './mbart.ts'
import { moonshine } from './moonshine.ts'
import { mvp } from './mvp.ts'
import { nllbMoe } from './nllb-moe.ts'
import { pegasus } from './pegasus.ts'
import { pegasusX } from './pegasus-x.ts'
import { plbart } from './plbart.ts'
import { seamlessM4T } from './seamless-m4t.ts'
import { speechToText } from './speech-to-text.ts'
import { switchTransformers } from './switch-transformers.ts'
import { t5 } from './t5.ts'
import { umt5 } from './umt5.ts'
import { unreadClasses } from './unread-classes.ts'
import { visionEncoderDecoder } from './vision-encoder-decoder.ts'
import { whisper } from './whisper.ts'

/** Every family that can be read. */
export const families: readonly Family[] = [
  glassformer,
  marian,
  bart,
  mbart,
  m2m100,
  pegasus,
  blenderbot,
  t5,
  whisper,
  gpt2,
  led,
  longT5,
  switchTransformers,
  plbart,
  mvp,
  blenderbotSmall,
  umt5,
  fsmt,
  seamlessM4T,
  bigBirdPegasus,
  encoderDecoder,
  nllbMoe,
  pegasusX,
  moonshine,
  speechToText,
  visionEncoderDecoder,
]

const byType = new Map(families.flatMap((family) => family.modelTypes.map((type) => [type, family])))

/** A family in whose layout of Hugging Face's models are written. */
export type WrittenFamily = Family & { readonly written: NonNullable<Family['written']> }

/** The family in whose layout of Hugging Face's a model can be written; null where there is none. */
export const writtenFamilyOf = (config: ModelConfig): WrittenFamily | null =>
  (unsayable(config) === null &&
    families.find(
      (family): family is WrittenFamily =>
        family.written?.part === partOf(config) && family.written?.takes(config) === true,
    )) ||
  null

/** The part that a model has beyond the paper's Transformer, as `Family.written.part` names it. */
function partOf({ encoder, decoder }: ModelConfig): 'local' | 'experts' | undefined {
  if (encoder.layers && encoder.attention) return 'local'
  return encoder.feedForward || decoder.feedForward ? 'experts' : undefined
}

/** Whether experts are those of Switch Transformers, or those of NLLB-MoE. */
const isWritten = ({ k, softmax, bias = false, noise, scale = 1 }: FeedForwardSettings): boolean =>
  softmax === 'all' ? k === 1 && !bias && scale === 1 : k === 2 && bias && noise === false

/** The first part of a model that no family of Hugging Face's supports; null where a family supports each part. */
export function unsayable(config: ModelConfig): string | null {
  const kinds = stackKindsOf(config)
  const { order } = config.norm
  if (config.latents) return 'it is an autoencoder of targets'
  if (config.picture) return 'its sources are pictures'
  if (config.sound?.front) return 'it hears without times'
  if (config.rowWidth !== undefined) return 'its sources may have rows of real numbers'
  for (const side of ['encoder', 'decoder'] as const)
    if (!hasSelfAttention(kinds, side)) return `its ${side} has ${inPlaceOfAttention[selfAttentionKindOf(kinds, side)]}`
  if (config.encoderSide) return 'its encoder has a width, an activation or norms of its own'
  if (config.prompt !== undefined) return 'its attentions have learned keys and values in front of those of the tokens'
  const global = config.encoder.attention?.global?.kind
  if (global === 'ends' || global === 'learned') return `its encoder has global tokens of the kind '${global}'`
  if (config.outputTransform) return 'it has a linear and a norm between decoder and output'
  if (config.attentionProjection === false) return 'its attention has no output projection'
  for (const { feedForwardDepth = 2, feedForward } of [config.encoder, config.decoder]) {
    if (feedForwardDepth !== 2) return `its feed-forward networks have ${feedForwardDepth} linears`
    if (feedForward && !isWritten(feedForward))
      return 'its feed-forward networks are experts that are neither those of Switch Transformers nor those of NLLB-MoE'
    if (feedForward && config.encoder.attention) return 'it has local attention and experts'
  }
  if (config.decoder.attention) return 'its decoder has local attention'
  return (normOrders as readonly string[]).includes(order) ? null : `its norms stand in the order ${order}`
}

/** The family that config.json's model_type names; `where` is its path. @throws GlassformerError ERR_MODEL_FORMAT, ERR_UNSUPPORTED */
export function familyOf(type: unknown, where: string): Family {
  if (typeof type !== 'string')
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${where}: model_type is missing; it says how the folder is laid out`,
    )
  const family = byType.get(type)
  if (family) return family
  const types = [...byType.keys()]
  const unread = unreadClasses.find(({ modelType }) => modelType === type)
  if (unread)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${where}: ${unread.name} (model_type '${type}') is not supported: ${unread.missing}`,
    )
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `${where}: model_type '${type}' is not supported; these are: ${types.map((name) => `'${name}'`).join(', ')}${didYouMean(type, types)}`,
  )
}
