/** The name of the module by which a layer looks at other positions of its own side, for each kind. */
export const moduleOf = {
  attention: 'selfAttention',
  ssru: 'ssru',
  average: 'averageAttention',
  convolution: 'convolution',
} as const
export type SelfAttentionKind = keyof typeof moduleOf
export const waysOfLookingBack = Object.keys(moduleOf) as SelfAttentionKind[]

/** Words that follow "a decoder" or "an encoder": the module that replaces self-attention. */
export const inPlaceOfAttention: Readonly<Record<SelfAttentionKind, string>> = {
  attention: '',
  ssru: 'an SSRU in place of self-attention',
  average: 'average attention in place of self-attention',
  convolution: 'convolutions in place of self-attention and feed-forward',
}

/** Tensors that a module without attention computes as intermediate results. */
export const computedOnTheWay: Readonly<Record<SelfAttentionKind, readonly string[]>> = {
  attention: [],
  ssru: ['forgetGates', 'states'],
  average: ['averaged'],
  convolution: ['step0', 'step1', 'step2'],
}

/** How the stacks of a model look at their own side; absent where they have self-attention. */
export interface StackKinds {
  encoderSelfAttention?: SelfAttentionKind
  decoderSelfAttention?: SelfAttentionKind
}

/** How a stack of a model looks at its own side. */
export const selfAttentionKindOf = (model: StackKinds, stack: 'encoder' | 'decoder'): SelfAttentionKind =>
  model[`${stack}SelfAttention`] ?? 'attention'

/** Whether the layers of a stack have self-attention. */
export const hasSelfAttention = (model: StackKinds, stack: 'encoder' | 'decoder'): boolean =>
  selfAttentionKindOf(model, stack) === 'attention'

/** Whether the layers of a stack have a feed-forward sub-layer; convolutions stand in its place as well. */
export const hasFeedForward = (model: StackKinds, stack: 'encoder' | 'decoder'): boolean =>
  selfAttentionKindOf(model, stack) !== 'convolution'
