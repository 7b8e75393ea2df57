import { didYouMean } from '../did-you-mean.ts'
import { GlassformerError, shown } from '../errors.ts'
import { reading } from '../reading.ts'
import { type SinusoidKind, sinusoidKinds } from './sinusoids.ts'

/**
 * The activation between the two linears of the feed-forward sub-layer: `relu`; `gelu`, 0.5x(1 + erf(x/√2)); `geluTanh`, its tanh
 * approximation (Hendrycks & Gimpel 2016); `swish`, x · sigmoid(x).
 */
export type Activation = (typeof activations)[number]
export const activations = ['relu', 'gelu', 'geluTanh', 'swish'] as const

/**
 * Where a token's position enters: sinusoids over position p and width d of three kinds, learned tables, distances, or nowhere.
 * - `interleaved`: PE[p, 2i] = sin(p / 10000^(2i/d)), PE[p, 2i+1] = cos(same) (the paper, 3.5);
 * - `halves`: the same angles, all sines first, then all cosines (Marian); of an odd d one sine more, as Hugging Face has it;
 * - `timingSignal`: [sin | cos] of p · exp(−i · ln 10000 / (d/2 − 1)) (Tensor2Tensor).
 * - `learned`: the table has `rows` rows; position p reads row p + `offset` (BART: 2);
 * - `relative`: nothing is added to embeddings, every self-attention learns what each distance of query and key adds to keys and
 *   values, up to `clip` (Shaw et al. 2018, 3.2).
 */
export type Positions =
  | { kind: SinusoidKind }
  | { kind: 'learned'; rows: number; offset: number }
  | { kind: 'relative'; clip: number }
  | { kind: 'none' }

export const positionKinds = [...sinusoidKinds, 'learned', 'relative', 'none'] as const

/** Whether positions are sinusoids, which need no weights. */
export const areSinusoids = (positions: Positions): positions is { kind: SinusoidKind } =>
  (sinusoidKinds as readonly string[]).includes(positions.kind)

/** Whether each embedding has a position added to it. */
export const addToEmbeddings = ({ kind }: Positions): boolean => kind !== 'relative' && kind !== 'none'

/** The longest sentence, in tokens, that has a position for each. */
export const longestFor = (positions: Positions): number =>
  positions.kind === 'learned' ? positions.rows - positions.offset : Infinity

/** The furthest that `relative` positions may tell apart: native kernels keep a number for each distance. */
export const MOST_CLIP = 32767

export const normKinds = ['layerNorm', 'rmsNorm'] as const
export const normOrders = ['post', 'postFinal', 'pre'] as const

/** One stack of layers. `heads` · `dHead` may differ from dModel. */
export interface StackConfig {
  layers: number
  heads: number
  /** Width of one head; a config.json may leave it out where it is dModel / heads. */
  dHead: number
  /** Width of the feed-forward sub-layer's inner layer. */
  dFeedForward: number
}

/** Everything that shapes the model: nothing about 512, 8 or 6 is built in. */
export interface ModelConfig {
  dModel: number
  encoder: StackConfig
  decoder: StackConfig
  activation: Activation
  norm: {
    kind: (typeof normKinds)[number]
    /**
     * `post`: Norm(x + f(x)) (the paper); `postFinal`: the same, with one more norm at the top of each stack
     * (torch.nn.Transformer); `pre`: x + f(Norm(x)), with that norm.
     */
    order: (typeof normOrders)[number]
    epsilon: number
  }
  positions: Positions
  /** Embeddings are multiplied by this (the paper: √dModel). */
  embeddingScale: number
  sourceVocabulary: number
  targetVocabulary: number
  /** One embedding matrix for source and target. */
  sharedEmbedding: boolean
  /** The output projection is the target embedding matrix. */
  tiedOutput: boolean
  /** A bias on the logits (Marian's final_logits_bias). */
  outputBias: boolean
  /** Biases on the linears of attention and feed-forward. */
  linearBias: boolean
  /** Logits are multiplied by this (T5, tied: dModel^−½). */
  outputScale: number
  ids: SpecialIds
  /** The longest source and target in tokens that this model takes. */
  maxLength: number
}

/** Ids with a meaning. */
export interface SpecialIds {
  /** Ends a sentence, of the source too. */
  end: number
  /** The first input of the decoder; null: a zero vector (Tensor2Tensor). */
  start: number | null
  /** Fills batches elsewhere; here only kept for the record. */
  padding: number | null
  /** Stands for what the vocabulary does not have. */
  unknown: number | null
  /** Begins every source; left out: none does. */
  sourceStart?: number
}

/** More layers than anybody has trained; the names of the weights of many more would not fit into memory. */
const MOST_LAYERS = 10_000

const isPositiveInteger = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0
/** Kernels compute in float32. */
const isFloat = (value: unknown) => typeof value === 'number' && Number.isFinite(Math.fround(value))
const isNatural = (value: unknown) => value === 0 || isPositiveInteger(value)

type Fail = (what: string) => void

/** Throws ERR_MODEL_FORMAT where a configuration cannot be a model; `where` names the file. */
export function checkConfig(config: ModelConfig, where: string): void {
  reading(where, () => {
    const fail = (what: string) => {
      throw new GlassformerError('ERR_MODEL_FORMAT', `${where}: ${what}`)
    }
    for (const key of ['encoder', 'decoder', 'norm', 'positions', 'ids'] as const)
      if (typeof config?.[key] !== 'object' || config[key] === null) fail(`${key} must be an object`)
    for (const key of ['dModel', 'sourceVocabulary', 'targetVocabulary', 'maxLength'] as const)
      if (!isPositiveInteger(config[key])) fail(`${key} must be a positive integer, not ${shown(config[key])}`)
    for (const stack of ['encoder', 'decoder'] as const) checkStack(stack, config[stack], fail)
    checkFlags(config, fail)
    checkNumbers(config, fail)
    checkKinds(config, fail)
    checkPositions(config, fail)
    checkIds(config, fail)
  })
}

function checkStack(name: string, stack: StackConfig, fail: Fail): void {
  for (const key of ['layers', 'heads', 'dHead', 'dFeedForward'] as const)
    if (!isPositiveInteger(stack[key])) fail(`${name}.${key} must be a positive integer, not ${shown(stack[key])}`)
  if (stack.layers > MOST_LAYERS) fail(`${name}.layers must be at most ${MOST_LAYERS}, not ${stack.layers}`)
}

function checkFlags(config: ModelConfig, fail: Fail): void {
  for (const key of ['sharedEmbedding', 'tiedOutput', 'outputBias', 'linearBias'] as const)
    if (typeof config[key] !== 'boolean') fail(`${key} must be true or false, not ${shown(config[key])}`)
  const { sharedEmbedding, sourceVocabulary, targetVocabulary } = config
  if (sharedEmbedding && sourceVocabulary !== targetVocabulary)
    fail(`a shared embedding needs equal vocabularies, not ${sourceVocabulary} and ${targetVocabulary}`)
}

function checkNumbers(config: ModelConfig, fail: Fail): void {
  const { epsilon } = config.norm
  if (!isFloat(epsilon) || !(Math.fround(epsilon) > 0)) fail(`norm.epsilon must be positive, not ${shown(epsilon)}`)
  for (const key of ['embeddingScale', 'outputScale'] as const)
    if (!isFloat(config[key])) fail(`${key} must be a finite number of 32 bits, not ${shown(config[key])}`)
}

function checkKinds({ activation, norm, positions }: ModelConfig, fail: Fail): void {
  const check = (key: string, value: string, values: readonly string[]) => {
    if (!values.includes(value))
      fail(`${key} must be one of ${values.join(', ')}, not ${shown(value)}${didYouMean(value, values)}`)
  }
  check('activation', activation, activations)
  check('norm.kind', norm.kind, normKinds)
  check('norm.order', norm.order, normOrders)
  check('positions.kind', positions.kind, positionKinds)
}

function checkPositions({ positions, dModel, maxLength }: ModelConfig, fail: Fail): void {
  const { kind } = positions
  if (kind === 'interleaved' && dModel % 2) fail(`positions ${kind} need an even dModel, not ${dModel}`)
  if (kind === 'relative' && !(isPositiveInteger(positions.clip) && positions.clip <= MOST_CLIP))
    fail(`positions.clip must be an integer from 1 to ${MOST_CLIP}, not ${shown(positions.clip)}`)
  if (positions.kind === 'learned' && !(isPositiveInteger(positions.rows) && isNatural(positions.offset)))
    fail(`positions must have rows and an offset, not ${shown(positions)}`)
  if (maxLength > longestFor(positions))
    fail(`maxLength must be at most positions.rows - positions.offset (${longestFor(positions)}), not ${maxLength}`)
}

function checkIds({ ids, sourceVocabulary, targetVocabulary }: ModelConfig, fail: Fail): void {
  const { sourceStart } = ids
  if (sourceStart !== undefined && !(isNatural(sourceStart) && sourceStart < sourceVocabulary))
    fail(`ids.sourceStart is ${shown(sourceStart)}, outside the source vocabulary of ${sourceVocabulary}`)
  for (const name of ['end', 'start', 'padding', 'unknown'] as const) {
    const id = ids[name]
    if (id === null && name !== 'end') continue
    if (!isNatural(id) || id! >= targetVocabulary)
      fail(`ids.${name} is ${shown(id)}, outside the target vocabulary of ${targetVocabulary}`)
  }
}
