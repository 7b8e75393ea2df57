import { isDecoderOnly, type ModelConfig } from '../../model/config.ts'
import { bindBlocks } from '../../model/local/blocks.ts'
import type { PositionTable } from '../../model/positions/position-table.ts'
import { soundBatch } from './sound-batch.ts'

/** A source and a whole target in ids, each with its end. */
export interface TokenPair {
  source: readonly number[]
  /** For a model that hears: frames [frames, mels] of sound, of which `source` has an id for each state (`statesOf`). */
  sound?: Float32Array
  target: readonly number[]
}

/**
 * A ragged batch, without padding: the tokens of all sentences end to end, the position of each token, and the span of
 * each sentence.
 */
export function raggedBatch(sentences: readonly (readonly number[])[]) {
  const total = sentences.reduce((sum, { length }) => sum + length, 0)
  const tokens = new Int32Array(total)
  const positions = new Int32Array(total)
  const spans = new Int32Array(2 * sentences.length)
  let row = 0
  let longest = 0
  sentences.forEach((sentence, b) => {
    spans[2 * b] = row
    for (let i = 0; i < sentence.length; i++, row++) {
      tokens[row] = sentence[i]
      positions[row] = i
    }
    spans[2 * b + 1] = row
    longest = Math.max(longest, sentence.length)
  })
  return { tokens, positions, spans, longest }
}

/** The bindings of a program over whole pairs. */
export const raggedPairs = (pairs: readonly TokenPair[], config: ModelConfig, table: PositionTable) =>
  isDecoderOnly(config) ? raggedTexts(pairs, config, table) : sourcesAndTargets(pairs, config, table)

/**
 * The decoder reads targets shifted right after the start, and predicts their ids. A sound is bound with what its
 * gradients need.
 */
function sourcesAndTargets(pairs: readonly TokenPair[], config: ModelConfig, table: PositionTable) {
  const { ids, sound } = config
  const source = raggedBatch(pairs.map((pair) => pair.source))
  const target = raggedBatch(pairs.map((pair) => pair.target))
  const shifted = raggedBatch(pairs.map((pair) => [ids.start ?? -1, ...pair.target.slice(0, -1)]))
  const sounds =
    sound &&
    soundBatch(
      pairs.map((pair) => pair.sound),
      pairs.map((pair) => pair.source),
      sound,
      true,
    )
  table.atLeast(Math.max(source.longest, target.longest))
  const blocks = bindBlocks(config, { encoder: source.spans, decoder: target.spans }, { gathered: true })
  return {
    rows: {
      S: source.tokens.length,
      F: sounds?.frames ?? 0,
      T: target.tokens.length,
      B: pairs.length,
      N: table.rows,
      ...blocks.rows,
    },
    arrays: {
      ...(sounds?.arrays ?? { 'source.tokens': source.tokens }),
      'source.positions': source.positions,
      sources: source.spans,
      'target.tokens': shifted.tokens,
      'target.positions': target.positions,
      targets: target.spans,
      'target.ids': target.tokens,
      ...table.arrays,
      ...blocks.arrays,
    },
  }
}

/**
 * A decoder alone reads each source with its target behind it, but for the last id, and predicts the target's ids. A source has at least
 * one id.
 */
function raggedTexts(pairs: readonly TokenPair[], config: ModelConfig, table: PositionTable) {
  const read = raggedBatch(pairs.map(({ source, target }) => [...source, ...target].slice(0, -1)))
  const predicted = raggedBatch(pairs.map(({ target }) => target))
  const predicting = new Int32Array(predicted.tokens.length)
  const predictions = new Int32Array(read.tokens.length).fill(-1)
  pairs.forEach(({ source }, b) => {
    const first = read.spans[2 * b] + source.length - 1
    for (let t = predicted.spans[2 * b]; t < predicted.spans[2 * b + 1]; t++) {
      const row = first + predicted.positions[t]
      predicting[t] = row
      predictions[row] = t
    }
  })
  table.atLeast(read.longest)
  const blocks = bindBlocks(config, { decoder: read.spans }, { gathered: true })
  return {
    rows: { S: read.tokens.length, T: predicted.tokens.length, B: pairs.length, N: table.rows, ...blocks.rows },
    arrays: {
      'target.tokens': read.tokens,
      'target.positions': read.positions,
      targets: read.spans,
      predicting,
      predictions,
      'target.ids': predicted.tokens,
      ...table.arrays,
      ...blocks.arrays,
    },
  }
}
