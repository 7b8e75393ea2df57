import { GlassformerError } from '../../base/errors.ts'
import { entryOf, present } from '../../base/present.ts'
import { counted } from '../../base/values/number-text.ts'
import type { Player } from '../../engine/backend/interface/backend.ts'
import type { TokenPair } from '../../engine/decode/step/index.ts'
import { inFloat32 } from '../../engine/weights/merged-weights.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import type { TracedAttribution, TracedTensor, TracedTokenShares } from '../data/trace.ts'
import { asOutput } from '../edits/edit-program.ts'
import type { ModelEdits } from '../edits/interventions.ts'
import { playTensors, wholeProgram } from '../play/traced-play.ts'
import type { TokenNames } from '../play/traced-text.ts'
import { type Direction, directShares, projectionRow } from './direct.ts'
import { EmbeddingGradients } from './gradients.ts'
import { residualStream, valuesNeeded } from './residual-stream.ts'
import type { Contrast, ResolvedAttribution, Rival } from './settings.ts'
import { StackEmbeddings } from './stack-embeddings.ts'

/** A sentence whose tokens are explained. */
export interface AskedAttribution {
  player: Player
  weights: Weights
  pair: TokenPair
  /** The tokens that the decoder reads, row by row. */
  inputs: readonly number[]
  edits: ModelEdits
  options: ResolvedAttribution
  contrast: Contrast | null
  named: TokenNames
}

/** Why each token was chosen, and the gradients as tensors where they are asked for. */
export interface Attributions {
  attributions: TracedAttribution[]
  tensors: Record<string, TracedTensor>
}

/**
 * Attributions of the logits of some target tokens. A rounded model is explained by its rounded weights in
 * float32. @throws GlassformerError ERR_OPTION for a step or a token that does not exist; ERR_UNSUPPORTED for gradients
 * where a model or a change has none
 */
export function* attributions(asked: AskedAttribution): Generator<void, Attributions> {
  const { player, pair, inputs, edits, options } = asked
  const weights = inFloat32(asked.weights)
  yield
  const p = wholeProgram(weights, options.keys)
  edits.edit(p)
  const embeddings = new StackEmbeddings(p, weights, pair, inputs)
  const stream = residualStream(p, { written: edits.written, withKeys: options.keys })
  const isByGradient = options.by.includes('gradient') || options.by.includes('integrated')
  const names = ['output.out', ...(options.by.includes('direct') ? stream.steps.flatMap(valuesNeeded) : [])]
  if (isByGradient) names.push(...embeddings.names)
  const wanted = new Map(names.map((name) => [name, asOutput(p, present(p.find(name)).base)]))
  const values = playTensors({ player, weights, edits }, pair, p, wanted)
  yield
  const tensor = (name: string) => entryOf(values, name)
  const logits = tensor('output.out')
  const steps = stepsOf(options, pair.target.length)
  const found = steps.map((step, i): TracedAttribution & { direction: Direction } => {
    const row = logits.values.subarray(step * logits.width, (step + 1) * logits.width)
    const token = options.token === null ? pair.target[step] : idOf(options.token, 'attribute.token', asked)
    const rival = rivalOf(asked, row, token, i, steps.length)
    const named = (id: number) => ({ id, token: asked.named.target(id), logit: row[id] })
    return {
      step,
      token: named(token),
      rival: rival === null ? null : named(rival),
      score: row[token] - (rival === null ? 0 : row[rival]),
      direction: { token, rival },
    }
  })
  if (options.by.includes('direct'))
    for (const each of found) {
      each.direct = directShares({ stream, weights, tensor, inputs }, each.step, each.direction)
      yield
    }
  const tensors: Attributions['tensors'] = {}
  if (isByGradient) {
    const gradients = new EmbeddingGradients(player, weights, edits)
    embeddings.read(tensor)
    const factorOf = ({ direction }: { direction: Direction }) => projectionRow(weights, stream.projection, direction)
    if (options.by.includes('gradient')) {
      const own = embeddings.at(1, 1)
      const runs = found.map((each) => ({ ...own, factor: factorOf(each), step: each.step }))
      const all = yield* gradients.of(pair, runs)
      for (const [i, { source, prefix }] of all.entries()) found[i].gradient = embeddings.shares({ source, prefix })
      if (options.vectors) Object.assign(tensors, embeddings.tensors(all))
    }
    if (options.by.includes('integrated'))
      for (const each of found)
        each.integrated = yield* integrated(gradients, embeddings, asked, { factor: factorOf(each), ...each })
  }
  return { attributions: found.map(({ direction: _, ...each }) => each), tensors }
}

/**
 * Integrated gradients from zeros, midpoint rule, of source and prefix each by itself while the other is as it is; and the
 * score where the side is zeros: with it, the shares of the side add up to the score, but for the error of the rule.
 */
function* integrated(
  gradients: EmbeddingGradients,
  embeddings: StackEmbeddings,
  { pair, options: { points } }: AskedAttribution,
  { factor, step, score }: { factor: Float64Array; step: number; score: number },
): Generator<void, TracedAttribution['integrated']> {
  const shares: TracedTokenShares = { source: [], prefix: [] }
  const baseline: { source?: number; prefix?: number } = {}
  const [own] = yield* gradients.of(pair, [{ ...embeddings.at(1, 1), factor, step }])
  for (const side of embeddings.sides) {
    const at = (part: number) => embeddings.at(side === 'source' ? part : 1, side === 'prefix' ? part : 1)
    const parts = Array.from({ length: points }, (_, k) => (k + 0.5) / points)
    const runs = [...parts, 0].map((part) => ({ ...at(part), factor, step }))
    const all = yield* gradients.of(pair, runs)
    baseline[side] = score - own.product + present(all.pop()).product
    const mean = new Float32Array(all[0][side].length)
    for (const run of all) for (let i = 0; i < mean.length; i++) mean[i] += run[side][i] / points
    shares[side] = embeddings.shares({ source: mean, prefix: mean }, side)[side]
  }
  return { ...shares, baseline }
}

/** @throws GlassformerError ERR_OPTION for a step that does not exist */
function stepsOf({ steps, token }: ResolvedAttribution, count: number): readonly number[] {
  const wrong = steps?.find((step) => step >= count)
  if (wrong !== undefined)
    throw new GlassformerError(
      'ERR_OPTION',
      `option 'attribute.steps': there is no step ${wrong}: the target has ${counted(count, 'token')}, 0 to ${count - 1}`,
    )
  if (token !== null && steps === null && count > 1)
    throw new GlassformerError(
      'ERR_OPTION',
      "option 'attribute.token' needs attribute.steps: at which step it could stand",
    )
  return steps ?? Array.from({ length: count }, (_, step) => step)
}

/** The rival of a token at the step with these logits; null: none. */
function rivalOf(
  asked: AskedAttribution,
  logits: Float32Array,
  token: number,
  index: number,
  count: number,
): number | null {
  const { contrast } = asked
  if (contrast === null) return null
  if (contrast === true) return bestOther(logits, token)
  if (!Array.isArray(contrast)) return idOf(contrast as Rival, 'contrast', asked)
  if (contrast.length !== count)
    throw new GlassformerError(
      'ERR_OPTION',
      `option 'contrast' has ${counted(contrast.length, 'token')} for ${counted(count, 'step')}: give one for each step`,
    )
  return idOf(contrast[index], `contrast[${index}]`, asked)
}

/** The most probable token other than this one; the lower id first among equals. */
export function bestOther(logits: Float32Array, token: number): number {
  let best = -1
  for (let id = 0; id < logits.length; id++) if (id !== token && (best < 0 || logits[id] > logits[best])) best = id
  return best
}

/** @throws GlassformerError ERR_OPTION for a token that the target vocabulary does not have */
export function idOf(
  token: Rival,
  option: string,
  { named, weights }: Pick<AskedAttribution, 'named' | 'weights'>,
): number {
  const size = weights.config.targetVocabulary
  const id = typeof token === 'number' ? token : named.targetId(token)
  if (id === undefined)
    throw new GlassformerError(
      'ERR_OPTION',
      `option '${option}': '${token}' is no token of the target vocabulary: give a piece as the vocabulary writes it ('▁student'), or an id`,
    )
  if (id >= size)
    throw new GlassformerError('ERR_OPTION', `option '${option}': id ${id} is outside the target vocabulary of ${size}`)
  return id
}
