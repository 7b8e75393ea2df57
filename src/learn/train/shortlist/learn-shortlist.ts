import { ROW } from '../../../base/choices/position-kinds.ts'
import { GlassformerError } from '../../../base/errors.ts'
import type { Shortlist } from '../../../engine/decode/step/index.ts'
import { type ModelConfig, sourceEndOf } from '../../../engine/model/config/config.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'
import type { Pair } from '../pairs/corpus.ts'
import { Ibm1 } from './ibm1.ts'

export interface ShortlistSettings {
  /** The number of target tokens for each source token. */
  perToken: number
  /** The number of most frequent target tokens, which are in every list. */
  frequent: number
  /** The number of rounds of EM; each round reads the corpus once. */
  iterations: number
  /** Called after each pair; `round` counts from 1. */
  reached?(round: number, pairs: number): void
}

/**
 * The smallest probability of a listed translation. Most targets that were ever seen together with a token have less.
 */
const LEAST_PROBABILITY = 1e-4

/**
 * Learns the likely target tokens of each source token from sentence pairs, by IBM model 1. With a shared vocabulary,
 * every token is also listed for itself, because names are copied.
 * @throws GlassformerError ERR_INPUT if there is no pair, and the errors of reading the pairs
 */
export async function learnShortlist(
  pairs: AsyncIterable<Pair>,
  tokenizer: Tokenizer,
  config: ModelConfig,
  { perToken, frequent, iterations, reached }: ShortlistSettings,
): Promise<Shortlist> {
  const model = new Ibm1()
  const seen = new Float64Array(config.targetVocabulary)
  for (let round = 1; round <= iterations; round++) {
    let count = 0
    for await (const { source, target } of pairs) {
      const to = withoutEnds(tokenizer.encodeTarget(target), config)
      model.add(withoutEnds(tokenizer.encode(source), config), to)
      if (round === 1) for (const id of to) seen[id]++
      count++
      reached?.(round, count)
    }
    if (!count) throw new GlassformerError('ERR_INPUT', 'there is no sentence pair to learn a shortlist from')
    model.maximize()
  }
  return { frequent: mostFrequent(seen, frequent), ...likeliest(model, tokenizer, config, perToken) }
}

/** The ids without the end, without a begin id of sources, and without rows of numbers. */
const withoutEnds = (ids: number[], { ids: special }: ModelConfig) =>
  ids
    .slice(ids[0] === special.sourceStart ? 1 : 0, ids.at(-1) === sourceEndOf(special) ? -1 : undefined)
    .filter((id) => id !== ROW)

function mostFrequent(seen: Float64Array, count: number): Int32Array {
  const ids = Array.from(seen.keys()).filter((id) => seen[id] > 0)
  return Int32Array.from(ids.sort((a, b) => seen[b] - seen[a] || a - b).slice(0, count))
}

function likeliest(model: Ibm1, tokenizer: Tokenizer, { sourceVocabulary }: ModelConfig, perToken: number) {
  const found: { target: number; probability: number }[][] = Array.from({ length: sourceVocabulary }, () => [])
  model.forEach((source, target, probability) => {
    if (probability >= LEAST_PROBABILITY) found[source].push({ target, probability })
  })
  const offsets = new Int32Array(sourceVocabulary + 1)
  const targets = found.flatMap((list, source) => {
    list.sort((a, b) => b.probability - a.probability || a.target - b.target)
    const best = list.slice(0, perToken).map(({ target }) => target)
    if (isShared(source, tokenizer) && !best.includes(source)) best.push(source)
    offsets[source + 1] = offsets[source] + best.length
    return best
  })
  return { offsets, targets: Int32Array.from(targets) }
}

/** Whether an id is the same piece on both sides. A model may have more ids than its tokenizer has pieces. */
const isShared = (id: number, tokenizer: Tokenizer): boolean =>
  id < Math.min(tokenizer.sourceSize, tokenizer.targetSize) && tokenizer.sourcePiece(id) === tokenizer.piece(id)
