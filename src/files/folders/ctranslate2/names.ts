import type { Ctranslate2Variables } from './variables.ts'

/** A part of a variable that is a weight of the model: rows [rows · part / parts, rows · (part + 1) / parts). */
export interface VariablePart {
  variable: string
  part: number
  parts: number
}

/** Our modules within each linear of a sub-layer; several are fused, one below the other. */
const linears: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'encoder/self_attention': [['query', 'key', 'value'], ['output']],
  'decoder/self_attention': [['query', 'key', 'value'], ['output']],
  'decoder/attention': [['query'], ['key', 'value'], ['output']],
}

const sublayers: Readonly<Record<string, string>> = {
  self_attention: 'selfAttention',
  attention: 'crossAttention',
  ffn: 'feedForward',
}

const ofNorm: Readonly<Record<string, string>> = { gamma: 'weight', beta: 'bias' }

/** Weights outside of layers, by the name of their variable. Weights that share a variable are played as one. */
const outside: Readonly<Record<string, string>> = {
  'encoder/embeddings_0/weight': 'encoder.embedding.weight',
  'decoder/embeddings/weight': 'decoder.embedding.weight',
  'decoder/projection/weight': 'output.weight',
  'decoder/projection/bias': 'output.bias',
  // The convolutions in front of Whisper's encoder.
  ...Object.fromEntries(
    ['conv1', 'conv2'].flatMap((name) =>
      ['weight', 'bias'].map((kind) => [`encoder/${name}/${kind}`, `encoder.${name}.${kind}`]),
    ),
  ),
  ...Object.fromEntries(
    ['encoder', 'decoder'].flatMap((stack) => [
      [`${stack}/position_encodings/encodings`, `${stack}.positions.weight`],
      [`${stack}/layer_norm/gamma`, `${stack}.norm.weight`],
      [`${stack}/layer_norm/beta`, `${stack}.norm.bias`],
      [`${stack}/layernorm_embedding/gamma`, `${stack}.embeddingNorm.weight`],
      [`${stack}/layernorm_embedding/beta`, `${stack}.embeddingNorm.bias`],
    ]),
  ),
}

/**
 * The weights that a variable holds, by our names; none where the variable is no weight that is known here. Queries, keys and values lie in
 * one variable.
 */
export function weightsIn(variable: string, variables: Ctranslate2Variables): [name: string, of: VariablePart][] {
  const whole = (name: string): [string, VariablePart][] => [[name, { variable, part: 0, parts: 1 }]]
  const known = outside[variable]
  if (known !== undefined) return whole(known)
  const [, stack, layer, sublayer, rest] = /^(encoder|decoder)\/layer_(\d+)\/(\w+)\/(.+)$/.exec(variable) ?? []
  if (sublayer === undefined || !Object.hasOwn(sublayers, sublayer)) return []
  const module = `${stack}.${layer}.${sublayers[sublayer]}`
  const [, normPart] = /^layer_norm\/(gamma|beta)$/.exec(rest) ?? []
  if (normPart !== undefined) return whole(`${module}Norm.${ofNorm[normPart]}`)
  if (rest === 'relative_attention_bias' && sublayer === 'self_attention') return whole(`${stack}.distanceBias.weight`)
  const [, side] = /^relative_position_(keys|values)$/.exec(rest) ?? []
  if (side !== undefined && sublayer === 'self_attention')
    return whole(`${module}.relative${side === 'keys' ? 'Keys' : 'Values'}.weight`)
  const [, linear, kind] = /^(linear_\d(?:_noact)?)\/(weight|bias)$/.exec(rest) ?? []
  if (linear === undefined) return []
  const modules =
    sublayer === 'ffn'
      ? [ofFeedForward(linear, variables.has(`${stack}/layer_${layer}/ffn/linear_0_noact/weight`))]
      : linears[`${stack}/${sublayer}`]?.[Number(linear.slice('linear_'.length))]
  return (modules ?? []).flatMap((name, part) =>
    name === null ? [] : [[`${module}.${name}.${kind}`, { variable, part, parts: modules.length }]],
  )
}

/** The weights of the model by our names, and where each lies. Variables that are one weight are entered once. */
export function weightNames(variables: Ctranslate2Variables): Map<string, VariablePart> {
  const names = new Map<string, VariablePart>()
  for (const variable of variables.named.keys())
    for (const [name, part] of weightsIn(variable, variables)) if (!names.has(name)) names.set(name, part)
  const variableOf = (name: string) => variables.named.get(names.get(name)?.variable ?? '')
  const [source, target] = ['encoder.embedding.weight', 'decoder.embedding.weight']
  const isTied = variableOf('output.weight') !== undefined && variableOf('output.weight') === variableOf(target)
  if (isTied) names.delete('output.weight')
  // A model that hears has no embedding of its source.
  if (variableOf(source) === undefined || variableOf(source) === variableOf(target)) {
    const shared = names.get(target)
    if (shared) names.set('embedding.weight', shared)
    names.delete(source)
    names.delete(target)
  }
  return names
}

function ofFeedForward(linear: string, isGated: boolean): string | null {
  if (linear === 'linear_0') return isGated ? 'gate' : 'inner'
  if (linear === 'linear_0_noact') return 'inner'
  return linear === 'linear_1' ? 'outer' : null
}
