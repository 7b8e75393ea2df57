import { type NormOrder, normOrderOf } from '../../../base/choices/norm-order.ts'
import { GlassformerError } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import type {
  Activation,
  ModelConfig,
  Positions,
  SpecialIds,
  StackConfig,
} from '../../../engine/model/config/config.ts'
import { ofCtranslate2, type Stack } from './attributes.ts'
import type { Ctranslate2Variables } from './variables.ts'

/** T5's distance from which on all have one bucket, where a file does not say it. */
const FURTHEST = 128

/**
 * Where positions enter a model: by a table, by learned distances (Shaw et al. 2018), by buckets of distances (T5), or, where the file has
 * nothing of these, by sinusoids that count from 1. @throws GlassformerError ERR_MODEL_FORMAT, ERR_UNSUPPORTED
 */
function ctranslate2Positions(variables: Ctranslate2Variables): Positions {
  const [encoder, decoder] = (['encoder', 'decoder'] as const).map((stack) => ofStack(variables, stack))
  if (JSON.stringify(encoder) === JSON.stringify(decoder)) return encoder
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `${variables.path}: encoder and decoder have other positions each (${JSON.stringify(encoder)}, ${JSON.stringify(decoder)}), which cannot be computed here`,
  )
}

function ofStack(variables: Ctranslate2Variables, stack: Stack): Positions {
  const attention = `${stack}/layer_0/self_attention`
  const table = `${stack}/position_encodings/encodings`
  const [bias, keys] = [`${attention}/relative_attention_bias`, `${attention}/relative_position_keys`]
  const found = [table, bias, keys].filter((name) => variables.has(name))
  if (found.length > 1)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${variables.path}: ${found.join(' and ')} together cannot be computed here`,
    )
  if (found[0] === table) return { kind: 'learned', rows: variables.matrix(table)[0], offset: 0 }
  if (found[0] === keys) return { kind: 'relative', clip: (variables.matrix(keys)[0] - 1) / 2 }
  if (found[0] === bias) {
    const furthest = variables.number(`${attention}/relative_attention_max_distance`) ?? FURTHEST
    return { kind: 'buckets', buckets: variables.matrix(bias)[0], furthest }
  }
  return { kind: 'timingSignal', offset: 1 }
}

/** The epsilons of CTranslate2's norms where config.json says none. */
const EPSILONS = { layerNorm: 1e-5, rmsNorm: 1e-6 } as const

/** The activations by their numbers; null are those that are not computed here. */
const activations: readonly (Activation | null)[] = ['relu', 'geluTanh', 'swish', 'gelu', null, null, null]

/**
 * The longest source and target of a model without a table of positions; CTranslate2 cuts sources after it unless its caller says
 * otherwise.
 */
const LONGEST = 1024

/** The facts about a model that its tokens and config.json state. */
export interface BesideWeights {
  ids: SpecialIds
  epsilon: number | null
}

/** The model that the variables of a TransformerSpec describe. @throws GlassformerError ERR_MODEL_FORMAT, ERR_UNSUPPORTED */
export function ctranslate2Config(variables: Ctranslate2Variables, { ids, epsilon }: BesideWeights): ModelConfig {
  const same = <T>(what: string, of: (stack: Stack) => T): T => {
    const [encoder, decoder] = [of('encoder'), of('decoder')]
    if (encoder === decoder) return encoder
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${variables.path}: encoder and decoder have another ${what} each (${encoder}, ${decoder}), which cannot be computed here`,
    )
  }
  const [sourceVocabulary, dModel] = variables.matrix('encoder/embeddings_0/weight')
  const [targetVocabulary] = variables.matrix('decoder/embeddings/weight')
  const attributes = ofCtranslate2(variables)
  const isOne = (a: string, b: string) => variables.named.get(a) === variables.named.get(b)
  const kind = same('kind of norm', (stack) =>
    variables.has(`${stack}/layer_0/ffn/layer_norm/beta`) ? 'layerNorm' : 'rmsNorm',
  )
  const positions = ctranslate2Positions(variables)
  return {
    dModel,
    encoder: stackOf(variables, 'encoder', attributes.heads('encoder')),
    decoder: stackOf(variables, 'decoder', attributes.heads('decoder')),
    activation: same('activation', (stack) => activationOf(attributes.activation(stack), variables)),
    gated: same('form of feed-forward networks', (stack) =>
      variables.has(`${stack}/layer_0/ffn/linear_0_noact/weight`),
    ),
    alignment: attributes.alignment,
    norm: {
      kind,
      order: same('order of norms', (stack) => orderOf(variables, stack, attributes.isPreNorm(stack))),
      epsilon: epsilon ?? EPSILONS[kind],
      embedding: same('norm after the embedding', (stack) => variables.has(`${stack}/layernorm_embedding/gamma`)),
    },
    positions,
    scaledAttention: same('scale of attention', (stack) => isScaled(variables, stack)),
    embeddingScale: same('scale of embeddings', (stack) => attributes.embeddingScale(stack, dModel)),
    sourceVocabulary,
    targetVocabulary,
    sharedEmbedding: isOne('encoder/embeddings_0/weight', 'decoder/embeddings/weight'),
    tiedOutput: isOne('decoder/projection/weight', 'decoder/embeddings/weight'),
    outputBias: variables.has('decoder/projection/bias'),
    linearBias: [...variables.named.keys()].some((name) => /\/layer_\d+\/.*\/linear_\d\w*\/bias$/.test(name)),
    outputScale: variables.number('decoder/scale_outputs') ?? 1,
    // CTranslate2's sinusoids have a row for every token, M2M100's zeros for padding.
    ids: positions.kind === 'timingSignal' ? { ...ids, padding: null } : ids,
    maxLength: positions.kind === 'learned' ? positions.rows : LONGEST,
  }
}

export function stackOf(variables: Ctranslate2Variables, stack: Stack, heads: number): StackConfig {
  const output = `${stack}/layer_0/self_attention/linear_1/weight`
  const [, width] = variables.matrix(output)
  if (!Number.isInteger(heads) || heads < 1 || width % heads)
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${variables.path}: '${output}' has inputs of ${width}, which ${heads} heads cannot share`,
    )
  const [dFeedForward] = variables.matrix(`${stack}/layer_0/ffn/linear_0/weight`)
  return { layers: variables.layers(stack), heads, dHead: width / heads, dFeedForward }
}

export function activationOf(number: number, { path }: Ctranslate2Variables): Activation {
  const activation = activations[number]
  if (activation) return activation
  if (activation === null)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${path}: the activation ${['gelu by a sigmoid', 'tanh', 'sigmoid'][number - 4]} (${number}) cannot be computed here`,
    )
  throw new GlassformerError('ERR_MODEL_FORMAT', `${path}: ${number} is the number of no activation`)
}

function orderOf(variables: Ctranslate2Variables, stack: Stack, isPreNorm: boolean): NormOrder {
  const top = variables.has(`${stack}/layer_norm/gamma`) ? 'n' : ''
  return normOrderOf(isPreNorm ? { before: 'n', after: 'da', top } : { before: '', after: 'dan', top })
}

/** Whether scores are divided by √dHead. A model may say by what they are multiplied, T5 by 1. */
function isScaled(variables: Ctranslate2Variables, stack: Stack): boolean {
  const names = [...variables.named.keys()].filter((name) => name.startsWith(stack) && name.endsWith('/queries_scale'))
  const scales = new Set(names.map((name) => present(variables.number(name))))
  if (scales.size === 0) return true
  const [scale] = scales
  const [, width] = variables.matrix(`${stack}/layer_0/self_attention/linear_1/weight`)
  const usual = (width / ofCtranslate2(variables).heads(stack)) ** -0.5
  if (scales.size === 1 && scale === 1) return false
  if (scales.size === 1 && Math.abs(scale / usual - 1) < 1e-3) return true
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `${variables.path}: '${names[0]}' is ${scale}; scores of attention can be divided by √dHead (${usual}) or left as they are`,
  )
}
