import { logSumExp } from '../decode/search/index.ts'
import type { Recalled } from '../decode/step/index.ts'
import type { SoundConfig } from '../model/config/config.ts'
import { TIMESTAMP } from '../model/speech-ids.ts'
import type { Alignment } from './settings.ts'
import { warped } from './time-warping.ts'

/** Values of which the median smooths an attention over time. */
const MEDIAN = 7

/** A head of cross-attention. */
export type Head = readonly [layer: number, head: number]

/** The heads from which times come: those of the model, or all of the upper half of the decoder (openai/whisper, model.py). */
export function headsOf({ alignmentHeads }: SoundConfig, decoder: { layers: number; heads: number }): readonly Head[] {
  if (alignmentHeads.length) return alignmentHeads
  const upper = Array.from({ length: decoder.layers }, (_, layer) => layer).filter(
    (layer) => layer >= decoder.layers >> 1,
  )
  return upper.flatMap((layer) => Array.from({ length: decoder.heads }, (_, head) => [layer, head] as const))
}

/** The layers of these heads, each once. */
export const layersOf = (heads: readonly Head[]): number[] => [...new Set(heads.map(([layer]) => layer))]

/**
 * When each token is spoken, by the attention to the sound of the model that reads them (openai/whisper, timing.py): weights of the heads over
 * the states of the sound, normalized over tokens, smoothed over time and averaged, and the best way through them from first to last. `read`
 * are the tokens that the decoder read: `begin` of them before the one that says that there are no times, the text, and the end.
 */
export function align(
  recalled: Recalled,
  heads: readonly Head[],
  read: { tokens: readonly number[]; begin: number; endOfText: number },
  frames: number,
): Alignment {
  const { tokens, begin, endOfText } = read
  const states = Math.max(1, Math.min(recalled.states, frames >> 1))
  const rows = tokens.length - 1 - begin
  const mean = new Float64Array(rows * states)
  const layers = layersOf(heads)
  for (const [layer, head] of heads) {
    const attention = smoothed(
      normalized(ofHead(recalled, layers.indexOf(layer), head, { tokens: tokens.length, states })),
    )
    for (let row = 0; row < rows; row++)
      for (let s = 0; s < states; s++) mean[row * states + s] += attention[row + begin][s] / heads.length
  }
  const path = warped(
    mean.map((value) => -value),
    rows,
    states,
  )
  const times: number[] = []
  path.rows.forEach((row, i) => {
    if (i === 0 || row !== path.rows[i - 1]) times.push(path.columns[i] * TIMESTAMP)
  })
  return {
    times,
    probabilities: probabilities(recalled, tokens, begin, endOfText),
    seen: { attention: Float32Array.from(mean), rows, states, path },
  }
}

/** The attention of one head, a row for each token, over the first `states` states: softmax over these alone. */
function ofHead(
  { weights, heads, states: all }: Recalled,
  layer: number,
  head: number,
  { tokens, states }: { tokens: number; states: number },
): Float64Array[] {
  return Array.from({ length: tokens }, (_, t) => {
    const row = Float64Array.from({ length: states }, (_, s) => weights[layer][(t * all + s) * heads + head])
    const sum = row.reduce((total, weight) => total + weight, 0)
    return sum > 0 ? row.map((weight) => weight / sum) : row
  })
}

/** Each column less its mean, in units of its deviation. */
function normalized(attention: Float64Array[]): Float64Array[] {
  const count = attention.length
  attention[0].forEach((_, s) => {
    let [sum, squares] = [0, 0]
    for (const row of attention) sum += row[s]
    const mean = sum / count
    for (const row of attention) squares += (row[s] - mean) ** 2
    const deviation = Math.sqrt(squares / count)
    for (const row of attention) row[s] = (row[s] - mean) / deviation
  })
  return attention
}

/** The median of each value and its neighbours; edges are reflected. */
function smoothed(attention: Float64Array[]): Float64Array[] {
  const side = MEDIAN >> 1
  const around = new Float64Array(MEDIAN)
  return attention.map((row) => {
    const { length } = row
    if (length <= side) return row
    return row.map((_, s) => {
      for (let k = -side; k <= side; k++) {
        const at = Math.abs(s + k)
        around[k + side] = row[at < length ? at : 2 * (length - 1) - at]
      }
      return around.slice().sort()[side]
    })
  })
}

/** The probability of each text token among all text, after the tokens before it. */
function probabilities({ logits }: Recalled, tokens: readonly number[], begin: number, endOfText: number): number[] {
  const vocabulary = logits.length / tokens.length
  return tokens.slice(begin + 1, -1).map((id, i) => {
    const scores = logits.subarray((begin + i) * vocabulary, (begin + i) * vocabulary + endOfText)
    return Math.exp(scores[id] - logSumExp(scores))
  })
}
