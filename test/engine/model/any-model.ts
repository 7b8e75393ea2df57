import { checkConfig, type ModelConfig } from '#dist/engine/model/config/config.js'
import { Weights } from '#dist/engine/weights/weights.js'
import type { Random } from '../program/random-operands.ts'

/** A model of any shape that a configuration can describe, with random weights. */
export function anyModel(random: Random): Weights {
  const heads = random.pick([1, 2, 3])
  const dModel = random.pick([8, 12, 18, 20])
  const gated = random.pick([undefined, false, true])
  let attentionProjection = dModel % heads === 0 && random.next() < 0.3 ? false : random.pick([undefined, true])
  const positions = anyPositions(random)
  // The numbers of a head are rotated in pairs.
  if (positions.kind === 'rotary') attentionProjection = true
  const stack = (isLocal: boolean) => ({
    layers: random.integer(1, 3),
    heads,
    dHead:
      attentionProjection === false ? dModel / heads : random.pick(positions.kind === 'rotary' ? [2, 4, 6] : [2, 4, 5]),
    dFeedForward: random.integer(3, 30),
    ...(!gated && random.next() < 0.3 && { feedForwardDepth: random.integer(1, 4) }),
    ...(isLocal && { attention: { local: random.integer(1, 5) } }),
  })
  const sharedEmbedding = random.next() < 0.5
  const targetVocabulary = random.integer(9, 25)
  const decoderSelfAttention = anyDecoder(random, dModel)
  const isRecurrent = decoderSelfAttention && decoderSelfAttention.kind !== 'attention'
  const encoderSelfAttention = random.pick([
    undefined,
    undefined,
    { kind: 'attention' },
    { kind: 'convolution' },
  ] as const)
  const config: ModelConfig = {
    dModel,
    encoder: stack(encoderSelfAttention?.kind !== 'convolution' && random.next() < 0.3),
    decoder: anyNearTokens(random, stack(!isRecurrent && random.next() < 0.4), positions.kind),
    activation: random.pick(['relu', 'gelu', 'geluTanh', 'swish']),
    gated,
    attentionProjection,
    encoderSelfAttention,
    decoderSelfAttention,
    norm: {
      kind: random.pick(['layerNorm', 'rmsNorm']),
      order: random.pick(['post', 'postFinal', 'pre', 'n/dan/', '/na/n', 'nd/ad/an', 'dn/n/na', '/an/d'] as const),
      epsilon: random.pick([1e-5, 1e-6]),
      embedding: random.pick([undefined, false, true]),
    },
    positions,
    scaledAttention: random.pick([undefined, true, false]),
    embeddingScale: random.pick([1, Math.sqrt(dModel)]),
    sourceVocabulary: sharedEmbedding ? targetVocabulary : random.integer(9, 25),
    targetVocabulary,
    sharedEmbedding,
    tiedOutput: random.next() < 0.5,
    outputBias: random.next() < 0.5,
    linearBias: random.next() < 0.5,
    outputScale: random.pick([1, dModel ** -0.5]),
    ids: { end: 0, start: random.pick([null, 1, 8]), padding: null, unknown: null },
    maxLength: 30,
  }
  checkConfig(config, 'a random model')
  const weights = new Weights(config)
  for (let i = 0; i < weights.values.length; i++) weights.values[i] = random.next() - 0.5
  return weights
}

/** A decoder with local attention may see tokens that are near in an image, or have compressed memory in some of its layers. */
function anyNearTokens(
  random: Random,
  stack: ModelConfig['decoder'],
  positions: ModelConfig['positions']['kind'],
): ModelConfig['decoder'] {
  if (!stack.attention || random.next() < 0.3) return stack
  if (positions !== 'relative' && positions !== 'buckets' && random.next() < 0.6) {
    const size = (least: number, most: number) => [random.integer(least, most), random.integer(least, most)] as const
    return { ...stack, attention: { local: { image: size(1, 4), block: size(1, 3), flange: size(0, 3) } } }
  }
  const layers = random.pick([undefined, [0], [stack.layers - 1]])
  return { ...stack, attention: { ...stack.attention, compressed: { factor: random.integer(2, 4), layers } } }
}

/** Positions of any kind. */
function anyPositions(random: Random): ModelConfig['positions'] {
  return random.pick([
    { kind: 'interleaved' },
    { kind: 'halves' },
    { kind: 'timingSignal' },
    { kind: 'timingSignal', offset: 2 },
    { kind: 'learned', rows: 40, offset: 2 },
    { kind: 'learned', rows: 40, offset: 0 },
    { kind: 'relative', clip: 1 },
    { kind: 'relative', clip: 4 },
    { kind: 'buckets', buckets: 4, furthest: 3 },
    { kind: 'buckets', buckets: 10, furthest: 17 },
    { kind: 'buckets', buckets: 32, furthest: 128 },
    { kind: 'rotary', base: 10000 },
    { kind: 'rotary', base: 20 },
    { kind: 'none' },
  ] as const)
}

/** Any way in which a decoder may look back at its own side. */
function anyDecoder(random: Random, dModel: number): ModelConfig['decoderSelfAttention'] {
  return random.pick([
    undefined,
    { kind: 'attention' },
    { kind: 'ssru' },
    { kind: 'convolution' },
    { kind: 'ssru', projection: random.next() < 0.5 },
    {
      kind: 'average',
      dFeedForward: random.pick([dModel, 7, 24]),
      depth: random.integer(1, 3),
      activation: random.pick(['relu', 'swish']),
      gatingLayer: random.next() < 0.6,
    },
  ])
}
