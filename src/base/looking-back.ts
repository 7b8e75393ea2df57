/** The name of the module by which a decoder layer attends to earlier target positions, for each kind. */
export const moduleOf = { attention: 'selfAttention', ssru: 'ssru', average: 'averageAttention' } as const
export type LookingBack = keyof typeof moduleOf
export const waysOfLookingBack = Object.keys(moduleOf) as LookingBack[]

/** Words that follow "a decoder": the module that replaces masked self-attention. */
export const inPlaceOfAttention: Readonly<Record<LookingBack, string>> = {
  attention: '',
  ssru: 'an SSRU in place of self-attention',
  average: 'average attention in place of self-attention',
}

/** Tensors that a module without attention computes as intermediate results. */
export const computedOnTheWay: Readonly<Record<LookingBack, readonly string[]>> = {
  attention: [],
  ssru: ['forgetGates', 'states'],
  average: ['averaged'],
}

/** Whether the decoder of a model has masked self-attention. */
export const hasSelfAttention = ({
  decoderSelfAttention = 'attention',
}: {
  decoderSelfAttention?: LookingBack
}): boolean => decoderSelfAttention === 'attention'
