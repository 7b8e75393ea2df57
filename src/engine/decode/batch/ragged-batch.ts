import { rowPlaces, type SourceIds } from '../../../base/choices/position-kinds.ts'
import { GlassformerError } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import type { TensorArray } from '../../backend/interface/backend.ts'
import { bindCompressed } from '../../model/compressed/memory-rows.ts'
import { isDecoderOnly, type ModelConfig } from '../../model/config/config.ts'
import type { LatentsSettings } from '../../model/config/latents-settings.ts'
import { patchWidth } from '../../model/config/picture-settings.ts'
import { promptSpans } from '../../model/layers/prompt.ts'
import { bindBlocks } from '../../model/local/blocks.ts'
import type { PositionTable } from '../../model/position-table.ts'
import type { Adapter } from '../../weights/adapter.ts'
import { soundBatch } from './sound-batch.ts'

/** A source: ids, with rows of real numbers where the model takes these, and for a model that hears the frames [frames, mels] of which these ids are the states (`statesOf`). */
export interface EncodedSource {
  source: SourceIds
  sound?: Float32Array
  /** The low-rank adapter that is added to the model for it. */
  adapter?: Adapter
}

/** A source and a whole target in ids, each with its end. */
export interface TokenPair extends EncodedSource {
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

/** The bindings of an encoder over sources. */
export function raggedSources(given: readonly EncodedSource[], config: ModelConfig, table: PositionTable) {
  const { positions, spans, longest, rows, arrays } = boundSources(given, config)
  table.atLeast(longest)
  const blocks = bindBlocks(config, { encoder: spans })
  return {
    positions,
    spans,
    rows: { ...rows, B: given.length, N: table.rows, ...blocks.rows },
    arrays: { ...arrays, ...table.arrays, ...blocks.arrays, ...promptSpans(config, given.length) },
  }
}

/** Tokens, rows of real numbers or sounds of sources, their positions and their spans; with `inverse` what the gradients of sounds need. */
function boundSources(
  given: readonly EncodedSource[],
  { sound, picture, rowWidth = picture && patchWidth(picture) }: ModelConfig,
  inverse = false,
) {
  const sources = given.map(({ source }) => source)
  const { tokens, positions, spans, longest } = raggedBatch(sources)
  if (picture && !picture.size) sources.forEach(({ columns }, b) => void positions.set(present(columns), spans[2 * b]))
  const sounds =
    sound &&
    soundBatch(
      given.map((own) => own.sound),
      sources,
      sound,
      inverse,
    )
  return {
    positions,
    spans,
    longest,
    rows: { S: tokens.length, F: 0, ...sounds?.rows },
    arrays: {
      ...(sounds?.arrays ?? { 'source.tokens': tokens }),
      ...(rowWidth !== undefined && { 'source.rows': realRows(sources, rowWidth, tokens.length) }),
      'source.positions': positions,
      sources: spans,
    } as Record<string, TensorArray>,
  }
}

/** The rows of real numbers of sources where they stand, and zeros where tokens do, [S, rowWidth]. */
function realRows(sources: readonly SourceIds[], rowWidth: number, S: number): Float32Array {
  const all = new Float32Array(S * rowWidth)
  let at = 0
  for (const ids of sources) {
    const places = rowPlaces(ids)
    if ((ids.rows?.length ?? 0) !== places.length * rowWidth)
      throw new GlassformerError(
        'ERR_INTERNAL',
        `a source has ${places.length} rows of ${rowWidth} numbers, and others are given`,
      )
    places.forEach((place, i) => {
      all.set(present(ids.rows).subarray(i * rowWidth, (i + 1) * rowWidth), (at + place) * rowWidth)
    })
    at += ids.length
  }
  return all
}

/** The bindings of a program over whole pairs. */
export function raggedPairs(pairs: readonly TokenPair[], config: ModelConfig, table: PositionTable): RaggedPairs {
  if (config.latents) return sourcesAndCodes(pairs, config.latents, config, table)
  return isDecoderOnly(config) ? raggedTexts(pairs, config, table) : sourcesAndTargets(pairs, config, table)
}

/** The rows of the symbols of a program over whole pairs, and its arrays. */
interface RaggedPairs {
  rows: Record<'S' | 'T' | 'B' | 'N', number> & Record<string, number>
  arrays: Record<string, TensorArray>
}

/**
 * An autoencoder reads the targets that it writes. The rows of a code lie side by side, and each target has as many as its codes need.
 * @throws GlassformerError ERR_INPUT for a target that is no multiple of `every` tokens
 */
function sourcesAndCodes(
  pairs: readonly TokenPair[],
  { every }: LatentsSettings,
  config: ModelConfig,
  table: PositionTable,
): RaggedPairs {
  const odd = pairs.find(({ target }) => target.length % every)
  if (odd)
    throw new GlassformerError(
      'ERR_INPUT',
      `a target of ${odd.target.length} tokens cannot be cut into codes of ${every}: fill it up with the id that ends it`,
    )
  const { rows, arrays } = sourcesAndTargets(pairs, config, table)
  const places = Int32Array.from({ length: rows.T }, (_, i) => i)
  return {
    rows: { ...rows, Z: rows.T / every },
    arrays: {
      ...arrays,
      'target.tokens': arrays['target.ids'],
      'latents.packed': places,
      'latents.unpacked': places,
      'latents.blank': new Int32Array(rows.T).fill(-1),
    },
  }
}

/**
 * The decoder reads targets shifted right after the start, and predicts their ids. A sound is bound with what its
 * gradients need.
 */
function sourcesAndTargets(pairs: readonly TokenPair[], config: ModelConfig, table: PositionTable): RaggedPairs {
  const { ids } = config
  const source = boundSources(pairs, config, true)
  const target = raggedBatch(pairs.map((pair) => pair.target))
  const shifted = raggedBatch(pairs.map((pair) => [ids.start ?? -1, ...pair.target.slice(0, -1)]))
  table.atLeast(Math.max(source.longest, target.longest))
  const blocks = bindBlocks(config, { encoder: source.spans, decoder: target.spans }, { gathered: true })
  const compressed = bindCompressed(config, target.spans, { gathered: true })
  return {
    rows: {
      ...source.rows,
      T: target.tokens.length,
      B: pairs.length,
      N: table.rows,
      ...blocks.rows,
      ...compressed.rows,
    },
    arrays: {
      ...source.arrays,
      'target.tokens': shifted.tokens,
      'target.positions': target.positions,
      targets: target.spans,
      'target.ids': target.tokens,
      ...table.arrays,
      ...blocks.arrays,
      ...promptSpans(config, pairs.length),
      ...compressed.arrays,
    },
  }
}

/**
 * A decoder alone reads each source with its target after it, but for the last id, and predicts the target's ids. A source has at least
 * one id.
 */
function raggedTexts(pairs: readonly TokenPair[], config: ModelConfig, table: PositionTable): RaggedPairs {
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
  const compressed = bindCompressed(config, read.spans, { gathered: true })
  return {
    rows: {
      S: read.tokens.length,
      T: predicted.tokens.length,
      B: pairs.length,
      N: table.rows,
      ...blocks.rows,
      ...compressed.rows,
    },
    arrays: {
      'target.tokens': read.tokens,
      'target.positions': read.positions,
      targets: read.spans,
      predicting,
      predictions,
      'target.ids': predicted.tokens,
      ...table.arrays,
      ...blocks.arrays,
      ...compressed.arrays,
    },
  }
}
