import type { AttentionKind } from '../../../trace/figure/attention.ts'

export const kindNames: Record<AttentionKind, string> = {
  encoder: 'Encoder self-attention',
  decoder: 'Decoder self-attention',
  cross: 'Encoder-decoder attention',
}

/** The kind and layer that a path in the listing names; null: not an attention. */
export function attentionOf(path: string): { kind: AttentionKind; layer: number } | null {
  const [, side, layer, what] = /^(encoder|decoder)\.(\d+)\.(selfAttention|crossAttention)\b/.exec(path) ?? []
  if (side === undefined) return null
  return { kind: what === 'crossAttention' ? 'cross' : (side as AttentionKind), layer: Number(layer) }
}
