import { entryOf } from '../../base/present.ts'
import type { GenerationOptions } from '../../engine/decode/settings/options.ts'
import type { ModelConfig, Positions } from '../../engine/model/config/config.ts'
import { writeSinusoids } from '../../engine/model/config/sinusoids.ts'
import { type Parameter, parameters } from '../../engine/weights/parameters.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import { writtenFamilyOf } from './families/families.ts'

/** The weights of a model as they are written; the values of encoded weights cannot be. */
export type WrittenWeights = Pick<Weights, 'config' | 'parameters' | 'get'>

/** A model and its search, as they are written. */
interface Searching {
  weights: WrittenWeights
  generation: GenerationOptions
}

/**
 * The same model in a form that one of Hugging Face's families has; a model that has such a form already, or none, is
 * returned as it is. CTranslate2 and Marian leave out parts that these families have:
 * - Sinusoids may be stored as a table; Marian, M2M100 and Pegasus compute them.
 * - Tables of positions begin at the first token; BART and mBART have two rows before it.
 * - A bias of the output is left out where it is zeros.
 * - The decoder begins with zeros; Marian has a padding token for that, the last one, whose embedding is zeros.
 */
export function inHuggingFaceForm({ weights, generation }: Searching): Searching {
  const { config } = weights
  const formed = writtenFamilyOf(config) ? config : candidates(weights).find((each) => writtenFamilyOf(each))
  if (!formed || formed === config) return { weights, generation }
  const all = parameters(formed)
  const byName = new Map(all.map((parameter) => [parameter.name, parameter]))
  const { padding } = formed.ids
  return {
    weights: { config: formed, parameters: all, get: (name) => valuesOf(entryOf(byName, name), weights, formed) },
    generation:
      config.ids.start === null && padding !== null
        ? { ...generation, suppress: [...generation.suppress, padding] }
        : generation,
  }
}

/** Configurations of the same model, among which a family may have one. */
function candidates(weights: WrittenWeights): ModelConfig[] {
  const { config } = weights
  const root = Math.sqrt(config.dModel)
  const scaled = {
    ...config,
    embeddingScale: config.embeddingScale === Math.fround(root) ? root : config.embeddingScale,
  }
  return positionsOf(weights)
    .map((positions): ModelConfig => ({ ...scaled, positions }))
    .flatMap((each) => [each, { ...each, outputBias: true }])
    .flatMap((each) => (each.ids.start === null && each.ids.padding === null ? [withPadding(each)] : [each]))
}

/** The model with a padding token after all others, with which the decoder begins. */
function withPadding(config: ModelConfig): ModelConfig {
  const { sourceVocabulary, targetVocabulary, ids } = config
  return {
    ...config,
    sourceVocabulary: Math.max(sourceVocabulary, targetVocabulary) + 1, // Python wants the padding id in either table
    targetVocabulary: targetVocabulary + 1,
    ids: { ...ids, padding: targetVocabulary, start: targetVocabulary },
  }
}

/** The positions of a model as families may have them. */
function positionsOf(weights: WrittenWeights): Positions[] {
  const { positions, dModel } = weights.config
  if (positions.kind !== 'learned' || positions.offset !== 0) return [positions]
  const tables = (['encoder', 'decoder'] as const).map((side) => weights.get(`${side}.positions.weight`))
  const sinusoids = knownSinusoids.find((each) => tables.every((table) => areSinusoids(each, table, dModel)))
  if (sinusoids) return [sinusoids]
  return [positions, { ...positions, rows: positions.rows + BART_OFFSET, offset: BART_OFFSET }]
}

/** The rows of BART's and mBART's tables before that of the first token. */
const BART_OFFSET = 2

/** The sinusoids of Hugging Face's families. */
const knownSinusoids = [
  { kind: 'halves' },
  ...[0, 1, 2].map((padding) => ({ kind: 'timingSignal', offset: padding + 1 }) as const),
] as const

/** The largest error of a sinusoid that was stored in bfloat16. */
const ROUNDING = 2 ** -8

/** Whether a table [positions, width] has these sinusoids. */
function areSinusoids(
  { kind, ...others }: (typeof knownSinusoids)[number],
  table: Float32Array,
  width: number,
): boolean {
  const offset = 'offset' in others ? others.offset : 0
  const expected = new Float32Array(table.length + offset * width)
  writeSinusoids(kind, expected, width, offset)
  return table.every((value, i) => Math.abs(value - expected[offset * width + i]) <= ROUNDING)
}

/** Logit of a padding token that no search may choose; its exponential is 0. */
const NEVER = -1e4

/** The values of a weight of the new form: rows that the model lacks are zeros. */
function valuesOf({ name, rows, width }: Parameter, weights: WrittenWeights, formed: ModelConfig): Float32Array {
  const { config } = weights
  const isMissing = name === 'output.bias' && !config.outputBias
  const stored = isMissing ? new Float32Array(0) : weights.get(name)
  if (stored.length === rows * width) return stored
  const values = new Float32Array(rows * width)
  values.set(stored, name.endsWith('.positions.weight') ? values.length - stored.length : 0)
  const { padding } = formed.ids
  if (name === 'output.bias' && padding !== null && padding >= config.targetVocabulary) values[padding] = NEVER
  return values
}
