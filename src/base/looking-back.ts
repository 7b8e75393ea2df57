/** How a layer of the decoder may look back at its own side, and what its module is called there. */
export const moduleOf = { attention: 'selfAttention', ssru: 'ssru', average: 'averageAttention' } as const
export type LookingBack = keyof typeof moduleOf
export const waysOfLookingBack = Object.keys(moduleOf) as LookingBack[]

/** Behind the words for a decoder: what it has in place of masked self-attention. */
export const inPlaceOfAttention: Readonly<Record<LookingBack, string>> = {
  attention: '',
  ssru: 'an SSRU in place of self-attention',
  average: 'average attention in place of self-attention',
}

/** Tensors of its module that it computes on its way, where it is no attention. */
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
