import { normNames } from '../../../base/choices/norm-order.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import { decoderSelfAttention } from '../../../engine/model/config/own-side-settings.ts'
import type { Parameter } from '../../../engine/weights/parameters.ts'
import type { StoredNames } from '../tensors/fill-weights.ts'

/** Marian's suffix for each weight and bias of a sub-layer, by our name. */
type Names = Readonly<Record<string, readonly [weight: string, bias: string]>>

const attention: Names = { query: ['Wq', 'bq'], key: ['Wk', 'bk'], value: ['Wv', 'bv'], output: ['Wo', 'bo'] }

/** The linears of a feed-forward network, from W1 on. */
const feedForward = (depth: number): Names => ({
  inner: ['W1', 'b1'],
  ...Object.fromEntries(Array.from({ length: depth }, (_, i) => [`inner${i}`, [`W${i}`, `b${i}`] as const])),
  outer: [`W${depth}`, `b${depth}`],
})

/** Marian's names of a sub-layer and of its linears. */
function sublayerOf(name: string, config: ModelConfig): { part: string; linears: Names } {
  if (name === 'selfAttention') return { part: 'self', linears: attention }
  if (name === 'crossAttention') return { part: 'context', linears: attention }
  if (name === 'feedForward') return { part: 'ffn', linears: feedForward(config.decoder.feedForwardDepth ?? 2) }
  const own = decoderSelfAttention(config)
  switch (own.kind) {
    case 'ssru':
      return { part: 'rnn', linears: { candidate: ['W', ''], forget: ['Wf', 'bf'], output: ['Wo', 'bo'] } }
    case 'average': {
      const gates = { inputGate: ['Wi', 'bi'], forgetGate: ['Wf', 'bf'] } as const
      return { part: 'aan', linears: { ...feedForward(own.depth), ...gates } }
    }
    // Marian's decoders have no further kind.
    default:
      return { part: 'self', linears: attention }
  }
}

/** The tensor of a Marian file for each of the model's weights. */
export const marianNames =
  (config: ModelConfig) =>
  (_: readonly Parameter[], stored: ReadonlySet<string>): StoredNames => {
    const nameOf = (name: string) => marianName(name, config, stored)
    return { of: ({ name }) => nameOf(name), extras: new Map(), copies: new Map() }
  }

function marianName(name: string, config: ModelConfig, stored: ReadonlySet<string>): string {
  const path = name.split('.')
  const isBias = path.at(-1) === 'bias'
  const normed = (prefix: string, before: boolean) => `${prefix}_ln_${isBias ? 'bias' : 'scale'}${before ? '_pre' : ''}`
  const [stack, layer, sublayer, linear] = path
  if (name === 'embedding.weight') return 'Wemb'
  if (stack === 'output') {
    const [transposed, plain] = ['decoder_ff_logit_out_Wt', 'decoder_ff_logit_out_W']
    return isBias ? 'decoder_ff_logit_out_b' : stored.has(plain) ? plain : transposed
  }
  if (layer === 'embedding') return `${stack}_Wemb`
  if (layer === 'embeddingNorm') return normed(`${stack}_emb`, true)
  if (layer === 'norm') return normed(`${stack}_top`, false)
  const prefix = `${stack}_l${Number(layer) + 1}`
  if (!sublayer.endsWith('Norm')) {
    const { part, linears } = sublayerOf(sublayer, config)
    return `${prefix}_${part}_${linears[linear][isBias ? 1 : 0]}`
  }
  const of = sublayer.replace(/(Input)?Norm$/, '')
  const { part } = sublayerOf(of, config)
  const { before } = normNames(of, config.norm.order)
  const isBefore = sublayer === before
  // The norm on the input of a recurrent network is named after the layer alone.
  if (part === 'rnn' && isBefore) return normed(`${prefix}_rnn`, true)
  return normed(`${prefix}_${part}_${part === 'self' || part === 'context' ? 'Wo' : 'ffn'}`, isBefore)
}
