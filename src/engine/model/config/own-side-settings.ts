import type { SelfAttentionKind, StackKinds } from '../../../base/choices/self-attention-kind.ts'
import type { OfKind } from '../../../base/schema/groups.ts'
import { type Schema, settings } from '../../../base/schema/settings.ts'
import { flag, integer, oneOf, positiveInteger } from '../../../base/schema/types.ts'

export const activations = ['relu', 'gelu', 'geluTanh', 'swish'] as const
/**
 * The activation between the two linears of the feed-forward sub-layer: `relu`; `gelu`, 0.5x(1 + erf(x/√2)); `geluTanh`, its tanh
 * approximation (Hendrycks & Gimpel 2016); `swish`, x · sigmoid(x).
 */
export type Activation = (typeof activations)[number]

/**
 * The kinds of sub-layers by which a decoder layer looks back at its own side:
 * - `attention`: masked self-attention (the paper, 3.2.3);
 * - `ssru`: the simpler simple recurrent unit (Kim et al. 2019), whose state is one row, whatever the length of the sentence;
 * - `average`: average attention (Zhang et al. 2018): the mean of the inputs so far, a feed-forward network over it, and a gate;
 * - `convolution`: causal separable convolutions (SliceNet, Kaiser et al. 2017), which stand in the place of the feed-forward sub-layer too.
 */
export const decoderSelfAttentionSettings = {
  attention: {},
  ssru: settings({
    projection: {
      type: flag,
      optional: true,
      otherwise: 'false',
      says: "there is a linear after the unit (Marian's transformer-rnn-projection)",
    },
  }),
  average: settings({
    dFeedForward: { type: positiveInteger, says: 'inner width of its feed-forward network' },
    depth: {
      type: integer(1, 100),
      default: 2,
      says: 'linears of its feed-forward network, with 1 none at all; where the inner width is dModel, the last one is left out (Marian)',
    },
    activation: { type: oneOf(...activations), default: 'relu', says: 'between these linears' },
    gatingLayer: { type: flag, default: true, says: 'there is a gating layer (Zhang et al. 2018, eq. 3)' },
  }),
  convolution: {},
} satisfies Record<SelfAttentionKind, Schema>

export type DecoderSelfAttention = OfKind<typeof decoderSelfAttentionSettings>
export const decoderSelfAttentionKinds = Object.keys(decoderSelfAttentionSettings) as DecoderSelfAttention['kind'][]

/** The kinds of sub-layers by which an encoder layer looks at its own side: self-attention, or separable convolutions (SliceNet). */
export const encoderSelfAttentionSettings = { attention: {}, convolution: {} } satisfies Partial<
  Record<SelfAttentionKind, Schema>
>

export type EncoderSelfAttention = OfKind<typeof encoderSelfAttentionSettings>
export const encoderSelfAttentionKinds = Object.keys(encoderSelfAttentionSettings) as EncoderSelfAttention['kind'][]

const ATTENTION: DecoderSelfAttention = { kind: 'attention' }

/** The kind that the decoder of a model has; masked self-attention by default. */
export const decoderSelfAttention = (config: { decoderSelfAttention?: DecoderSelfAttention }): DecoderSelfAttention =>
  config.decoderSelfAttention ?? ATTENTION

/** The settings that say how the layers of each stack look at their own side; self-attention where they are left out. */
export interface StackKindSettings {
  encoderSelfAttention?: EncoderSelfAttention
  decoderSelfAttention?: DecoderSelfAttention
}

/** The same in a word for each stack, of those that have no self-attention. */
export const stackKindsOf = ({ encoderSelfAttention, decoderSelfAttention }: StackKindSettings): StackKinds => ({
  ...(encoderSelfAttention &&
    encoderSelfAttention.kind !== 'attention' && { encoderSelfAttention: encoderSelfAttention.kind }),
  ...(decoderSelfAttention &&
    decoderSelfAttention.kind !== 'attention' && { decoderSelfAttention: decoderSelfAttention.kind }),
})
