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
  const { dModel, encoder, decoder } = config
  const list: Parameter[] = []
  if (config.sharedEmbedding) list.push(matrix('embedding', config.targetVocabulary, dModel))
  else
    list.push(
      matrix('encoder.embedding', config.sourceVocabulary, dModel),
      matrix('decoder.embedding', config.targetVocabulary, dModel),
    )
  if (config.positions.kind === 'learned')
    list.push(
      table('encoder.positions', config.positions.rows, dModel),
      table('decoder.positions', config.positions.rows, dModel),
    )
  for (let i = 0; i < encoder.layers; i++) {
    list.push(
      ...attention(`encoder.${i}.selfAttention`, encoder, config),
      ...distances(`encoder.${i}.selfAttention`, encoder, config),
      ...norm(`encoder.${i}.selfAttentionNorm`, config),
    )
    list.push(
      ...feedForward(`encoder.${i}.feedForward`, encoder, config),
      ...norm(`encoder.${i}.feedForwardNorm`, config),
    )
  }
  if (config.norm.order === 'pre') list.push(...norm('encoder.norm', config))
  for (let i = 0; i < decoder.layers; i++) {
    list.push(
      ...attention(`decoder.${i}.selfAttention`, decoder, config),
      ...distances(`decoder.${i}.selfAttention`, decoder, config),
      ...norm(`decoder.${i}.selfAttentionNorm`, config),
    )
    list.push(
      ...attention(`decoder.${i}.crossAttention`, decoder, config),
      ...norm(`decoder.${i}.crossAttentionNorm`, config),
    )
    list.push(
      ...feedForward(`decoder.${i}.feedForward`, decoder, config),
      ...norm(`decoder.${i}.feedForwardNorm`, config),
    )
  }
  if (config.norm.order === 'pre') list.push(...norm('decoder.norm', config))
  if (!config.tiedOutput) list.push(matrix('output', config.targetVocabulary, dModel))
  if (config.outputBias) list.push(vector('output.bias', config.targetVocabulary))
  return list
}

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

function feedForward(path: string, stack: StackConfig, config: ModelConfig): Parameter[] {
  return [
    matrix(`${path}.inner`, stack.dFeedForward, config.dModel),
    ...(config.linearBias ? [vector(`${path}.inner.bias`, stack.dFeedForward)] : []),
    matrix(`${path}.outer`, config.dModel, stack.dFeedForward),
    ...(config.linearBias ? [vector(`${path}.outer.bias`, config.dModel)] : []),
  ]
}

function norm(path: string, config: ModelConfig): Parameter[] {
  const weight = vector(`${path}.weight`, config.dModel)
  return config.norm.kind === 'layerNorm' ? [weight, vector(`${path}.bias`, config.dModel)] : [weight]
}
