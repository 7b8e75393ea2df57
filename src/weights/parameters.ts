import type { ModelConfig, StackConfig } from './config.ts'

/** One weight of the model: its module path, and its shape as the program sees it (a vector is one row). */
export interface Parameter {
  name: string
  rows: number
  width: number
  /** Programs multiply or embed with it, and nothing else: it may be stored encoded. */
  encodable: boolean
}

/**
 * Every weight of a model in the order in which they lie in memory. Names are the module paths of the listing, matrices are
 * [outputs, inputs] as PyTorch's Linear has them. Query, key and value of one attention follow each other without a gap, so
 * that they can be played as one product (see `fusedParameters`).
 */
export function parameters(config: ModelConfig): Parameter[] {
  const { dModel, encoder, decoder, targetVocabulary } = config
  const layers = (stack: StackConfig, layer: (i: number) => Parameter[]) =>
    Array.from({ length: stack.layers }, (_, i) => layer(i)).flat()
  const lastNorm = (side: string) => (config.norm.order === 'post' ? [] : norm(`${side}.norm`, config))
  return [
    ...embeddings(config),
    ...layers(encoder, (i) => encoderLayer(`encoder.${i}`, config)),
    ...lastNorm('encoder'),
    ...layers(decoder, (i) => decoderLayer(`decoder.${i}`, config)),
    ...lastNorm('decoder'),
    ...(config.tiedOutput ? [] : [matrix('output', targetVocabulary, dModel)]),
    ...(config.outputBias ? [vector('output.bias', targetVocabulary)] : []),
  ]
}

function embeddings({
  dModel,
  sharedEmbedding,
  sourceVocabulary,
  targetVocabulary,
  positions,
}: ModelConfig): Parameter[] {
  const tokens = sharedEmbedding
    ? [matrix('embedding', targetVocabulary, dModel)]
    : [matrix('encoder.embedding', sourceVocabulary, dModel), matrix('decoder.embedding', targetVocabulary, dModel)]
  if (positions.kind !== 'learned') return tokens
  const { rows } = positions
  return [...tokens, table('encoder.positions', rows, dModel), table('decoder.positions', rows, dModel)]
}

const encoderLayer = (path: string, config: ModelConfig): Parameter[] => [
  ...selfAttention(path, config.encoder, config),
  ...feedForward(path, config.encoder, config),
]

const decoderLayer = (path: string, config: ModelConfig): Parameter[] => [
  ...selfAttention(path, config.decoder, config),
  ...attention(`${path}.crossAttention`, config.decoder, config),
  ...norm(`${path}.crossAttentionNorm`, config),
  ...feedForward(path, config.decoder, config),
]

const selfAttention = (path: string, stack: StackConfig, config: ModelConfig): Parameter[] => [
  ...attention(`${path}.selfAttention`, stack, config),
  ...distances(`${path}.selfAttention`, stack, config),
  ...norm(`${path}.selfAttentionNorm`, config),
]

/** The weights that are played as one: each spans parameters that follow each other in `parameters`. */
export function fusedParameters(config: ModelConfig): (Parameter & { of: string[] })[] {
  const fused: (Parameter & { of: string[] })[] = []
  const fuse = (path: string, name: string, parts: string[], stack: StackConfig) => {
    const width = stack.heads * stack.dHead
    fused.push({
      name: `${path}.${name}.weight`,
      rows: parts.length * width,
      width: config.dModel,
      encodable: true,
      of: parts.map((part) => `${path}.${part}.weight`),
    })
    if (config.linearBias)
      fused.push({
        name: `${path}.${name}.bias`,
        rows: 1,
        width: parts.length * width,
        encodable: false,
        of: parts.map((part) => `${path}.${part}.bias`),
      })
  }
  for (const side of ['encoder', 'decoder'] as const)
    for (let i = 0; i < config[side].layers; i++) {
      fuse(`${side}.${i}.selfAttention`, 'queryKeyValue', ['query', 'key', 'value'], config[side])
      if (side === 'decoder') fuse(`${side}.${i}.crossAttention`, 'keyValue', ['key', 'value'], config[side])
    }
  return fused
}

const matrix = (path: string, rows: number, width: number): Parameter => ({
  name: `${path}.weight`,
  rows,
  width,
  encodable: true,
})
/** What is looked up, and not multiplied with. */
const table = (path: string, rows: number, width: number): Parameter => ({
  ...matrix(path, rows, width),
  encodable: false,
})
const vector = (name: string, width: number): Parameter => ({ name, rows: 1, width, encodable: false })

function attention(path: string, stack: StackConfig, config: ModelConfig): Parameter[] {
  const width = stack.heads * stack.dHead
  const parts = ['query', 'key', 'value']
  return [
    ...parts.map((part) => matrix(`${path}.${part}`, width, config.dModel)),
    ...(config.linearBias ? parts.map((part) => vector(`${path}.${part}.bias`, width)) : []),
    matrix(`${path}.output`, config.dModel, width),
    ...(config.linearBias ? [vector(`${path}.output.bias`, config.dModel)] : []),
  ]
}

/** What each distance from −clip to clip adds to keys and values; one head's width, as all heads share it. */
function distances(path: string, { dHead }: StackConfig, { positions }: ModelConfig): Parameter[] {
  if (positions.kind !== 'relative') return []
  const rows = 2 * positions.clip + 1
  return ['relativeKeys', 'relativeValues'].map((name) => table(`${path}.${name}`, rows, dHead))
}

function feedForward(path: string, { dFeedForward }: StackConfig, config: ModelConfig): Parameter[] {
  const { dModel, linearBias } = config
  const linear = (name: string, outputs: number, inputs: number) => [
    matrix(`${path}.feedForward.${name}`, outputs, inputs),
    ...(linearBias ? [vector(`${path}.feedForward.${name}.bias`, outputs)] : []),
  ]
  return [
    ...linear('inner', dFeedForward, dModel),
    ...linear('outer', dModel, dFeedForward),
    ...norm(`${path}.feedForwardNorm`, config),
  ]
}

function norm(path: string, config: ModelConfig): Parameter[] {
  const weight = vector(`${path}.weight`, config.dModel)
  return config.norm.kind === 'layerNorm' ? [weight, vector(`${path}.bias`, config.dModel)] : [weight]
}
