import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import type { Player, TensorArray } from '../backend/interface/backend.ts'
import {
  answers,
  bucketTable,
  distanceProducts,
  distanceRows,
  distancesOf,
  type TextEncoderConfig,
  textStates,
  turnsOf,
} from '../model/text-encoder/index.ts'
import { LoadedProgram } from '../program/loaded.ts'
import { Program } from '../program/program.ts'
import type { EncoderWeights } from './encoder-weights.ts'
import { type TokenBatch, type TokenIds, tokenBatch } from './token-batch.ts'

/** The last states of texts, [S, dModel], and the span of each text among their rows, [B, 2]. */
export interface States {
  values: Float32Array
  spans: Int32Array
}

/**
 * Everything that an encoder computes for texts: states after embeddings and each layer, and of each layer attention weights [pairs, heads] and
 * the neurons of its feed-forward network, [S, dFeedForward].
 */
export interface AllStates extends States {
  hidden: Float32Array[]
  attentions: Float32Array[]
  neurons: Float32Array[]
}

/** Runs an encoder's programs on one thread. */
export class StatesRunner {
  readonly config: TextEncoderConfig
  readonly #player: Player
  readonly #weights: EncoderWeights
  /** Arrays that are the same for all texts. */
  #fixed: Record<string, TensorArray> | null = null
  #states: LoadedProgram | null = null
  #answers: LoadedProgram | null = null
  /** Room for the states of a batch, which grows. */
  #room: Float32Array = new Float32Array(0)

  constructor(player: Player, weights: EncoderWeights) {
    this.config = weights.config
    this.#player = player
    this.#weights = weights
  }

  /** The last states; the array is written again by the next call. @throws GlassformerError ERR_INPUT for an id that is none */
  states(texts: readonly TokenIds[]): States {
    for (const { ids } of texts) checkIds(ids, this.config)
    const { spans, rows, arrays } = tokenBatch(texts, this.config)
    this.#fixed ??= fixedArrays(this.#player, this.#weights)
    this.#states ??= new LoadedProgram(this.#player, statesProgram(this.#weights))
    const size = rows.S * this.config.dModel
    if (this.#room.length < size) this.#room = this.#player.array('float32', Math.ceil(1.25 * size))
    this.#states.play(rows, { ...this.#fixed, ...arrays, states: this.#room })
    return { values: this.#room.subarray(0, size), spans }
  }

  /** Everything that a program of one text binds, beside its outputs. Its near attention is one block, so that spans of keys do not overlap. */
  bound(text: TokenIds): Pick<TokenBatch, 'rows' | 'arrays'> {
    checkIds(text.ids, this.config)
    const { rows, arrays } = tokenBatch([text], this.config, true)
    this.#fixed ??= fixedArrays(this.#player, this.#weights)
    return { rows, arrays: { ...this.#fixed, ...arrays } }
  }

  /** All states and attention weights, of few texts at a time: each is copied. */
  allStates(texts: readonly TokenIds[]): AllStates {
    for (const { ids } of texts) checkIds(ids, this.config)
    const { config } = this
    const { spans, rows, arrays } = tokenBatch(texts, config, true)
    this.#fixed ??= fixedArrays(this.#player, this.#weights)
    const program = new LoadedProgram(this.#player, allStatesProgram(this.#weights))
    const pairs = pairsOf(spans)
    const hidden = Array.from({ length: config.layers + 1 }, () => new Float32Array(rows.S * config.dModel))
    const attentions = Array.from({ length: config.layers }, () => new Float32Array(pairs * config.heads))
    const neurons = Array.from({ length: config.layers }, () => new Float32Array(rows.S * config.dFeedForward))
    const written = {
      ...Object.fromEntries(neurons.map((values, i) => [`neurons.${i}`, values])),
      ...Object.fromEntries(hidden.map((values, i) => [`hidden.${i}`, values])),
      ...Object.fromEntries(attentions.map((values, i) => [`attention.${i}`, values])),
    }
    // Programs without near attention have no such symbol, and do not read it.
    const counted = { ...rows, 'P(spans, spans)': pairs, 'P(near.queries, near.keys)': pairs }
    program.play(counted, { ...this.#fixed, ...arrays, ...written })
    return { values: hidden[config.layers], spans, hidden, attentions, neurons }
  }

  /** The head's answers for rows of states [count, dModel]: [count, outputs]. @throws GlassformerError ERR_UNSUPPORTED without a head */
  answers(rows: Float32Array, count: number): Float32Array {
    const { head } = this.config
    if (!head) throw new GlassformerError('ERR_UNSUPPORTED', 'the model has no head')
    this.#answers ??= new LoadedProgram(this.#player, answersProgram(this.#weights))
    const made = new Float32Array(count * (head.outputs || head.width))
    this.#answers.play({ R: count }, { rows, answers: made })
    return made
  }
}

/** @throws GlassformerError ERR_INPUT_TOO_LONG for more ids than the model takes, ERR_INPUT for an id that it lacks */
export function checkIds(
  ids: readonly number[],
  { vocabulary, maxLength }: Pick<TextEncoderConfig, 'vocabulary' | 'maxLength'>,
): void {
  if (ids.length > maxLength)
    throw new GlassformerError(
      'ERR_INPUT_TOO_LONG',
      `a text of ${ids.length} tokens: the model takes at most ${maxLength}`,
    )
  for (const id of ids)
    if (!Number.isInteger(id) || id < 0 || id >= vocabulary)
      throw new GlassformerError(
        'ERR_INPUT',
        `${id} is no id of the model: they are integers from 0 to ${vocabulary - 1}`,
      )
}

const pairsOf = (spans: TokenBatch['spans']) => {
  let pairs = 0
  for (let b = 0; b < spans.length; b += 2) pairs += (spans[b + 1] - spans[b]) ** 2
  return pairs
}

/** Texts end to end → `states` [S, dModel]. */
export function statesProgram(weights: EncoderWeights): Program {
  const p = new Program('states', weights)
  p.output(textStates(p, weights.config)[weights.config.layers], 'states')
  return p
}

/** The same with the states after each layer, `hidden.N`, the weights of attention, `attention.N`, and `neurons.N`. */
function allStatesProgram(weights: EncoderWeights): Program {
  const p = new Program('allStates', weights)
  p.tracing = true
  const states = textStates(p, weights.config)
  states.forEach((x, i) => void p.output(x, `hidden.${i}`))
  const layers = p.instructions.filter(({ outputs, op }) => /[aA]ttention$/.test(op.name) && outputs.length > 1)
  layers.forEach(({ outputs }, i) => void p.output(outputs[1], `attention.${i}`))
  const outer = p.instructions.filter(({ path }) => path.slice(-2).join('.') === 'feedForward.outer')
  outer.forEach(({ inputs }, i) => void p.output(present(inputs[0]), `neurons.${i}`))
  return p
}

/** Rows of states → `answers` [R, outputs]. */
function answersProgram(weights: EncoderWeights): Program {
  const p = new Program('answers', weights)
  const { config } = weights
  p.output(answers(p, p.input('rows', 'R', config.dModel), present(config.head), config), 'answers')
  return p
}

/** The arrays that the programs of all texts bind alike: tables of positions and distances. */
function fixedArrays(player: Player, weights: EncoderWeights): Record<string, TensorArray> {
  const { rotary, reach, heads, dHead, maxLength, distanceBuckets, disentangled } = weights.config
  const arrays: Record<string, TensorArray> = {}
  for (const base of new Set(rotary)) arrays[turnsOf(base)] = turns(base, dHead, maxLength)
  if (reach !== null) arrays['near.bias'] = nearBias(reach, heads)
  if (distanceBuckets) arrays.buckets = bucketTable(distanceBuckets.buckets, distanceBuckets.furthest)
  if (disentangled) Object.assign(arrays, distanceArrays(player, weights))
  return arrays
}

/** Row p: cos(p ω_0), sin(p ω_0), cos(p ω_1), …, with ω_i = base^(−2i / width) (Su et al. 2021), [rows, width]. */
function turns(base: number, width: number, rows: number): Float32Array {
  const table = new Float32Array(rows * width)
  for (let at = 0; at < table.length; at += 2) {
    // PyTorch computes frequencies in float32.
    const angle = Math.fround(Math.floor(at / width) * Math.fround(1 / Math.fround(base ** ((at % width) / width))))
    table[at] = Math.cos(angle)
    table[at + 1] = Math.sin(angle)
  }
  return table
}

/** 0 for distances that are near, −∞ for the two beyond, [2 (reach + 1) + 1, heads]. */
function nearBias(reach: number, heads: number): Float32Array {
  const bias = new Float32Array((2 * reach + 3) * heads)
  bias.fill(-Infinity, 0, heads)
  bias.fill(-Infinity, bias.length - heads)
  return bias
}

/** The rows of distances, multiplied once for the model. */
function distanceArrays(player: Player, weights: EncoderWeights): Record<string, TensorArray> {
  const { layers, heads, dHead, maxLength } = weights.config
  const disentangled = present(weights.config.disentangled)
  const { span, shared } = disentangled
  const p = new Program('distances', weights)
  distanceProducts(p, weights.config, disentangled)
  const width = (shared ? 3 : 2) * heads * dHead
  const made = Object.fromEntries(
    Array.from({ length: layers }, (_, i) => [distancesOf(i), player.array('float32', 2 * span * width)]),
  )
  new LoadedProgram(player, p).play({}, made)
  return { ...made, buckets: distanceRows(disentangled, maxLength) }
}
