import { present } from '../../../base/present.ts'
import type { Player } from '../../../engine/backend/interface/backend.ts'
import { Generator } from '../../../engine/decode/generator.ts'
import { LatentCodec } from '../../../engine/decode/latents/index.ts'
import { type GenerationOptions, generationDefaults } from '../../../engine/decode/settings/options.ts'
import type { EncodedSource, TokenPair } from '../../../engine/decode/step/index.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import type { Weights } from '../../../engine/weights/weights.ts'
import { corpusBleu } from '../../evaluate/bleu.ts'
import { corpusChrf } from '../../evaluate/chrf.ts'
import type { TrainedAdapter } from '../lora/trained-adapter.ts'
import type { TrainingStep } from './training-step.ts'

/** Sentences for validation, on which the model is not trained. */
export interface Validation {
  pairs: readonly TokenPair[]
  /** Sources whose translations are scored: those of the first pairs. An autoencoder writes the targets of these pairs again. */
  sources: readonly EncodedSource[]
  /** The decoder's first tokens. Default: its start. */
  begin?: readonly number[]
  /** Sentences without references whose translations are reported as well. */
  watched?: readonly { source: string; ids: EncodedSource }[]
  /** The same sentences as text, with their references. */
  texts: readonly { source: string; reference: string }[]
  decode(ids: readonly number[]): string
}

/** The scores of a model on sentences on which it is not trained. */
export interface Scores {
  /** The mean loss over target tokens, with label smoothing and without dropout. */
  loss: number
  /** BLEU and chrF2 of the first sentences, 0 to 100. */
  bleu: number
  chrf: number
  /** The translations of the first sentences. */
  samples: { source: string; hypothesis: string; reference: string }[]
  /** The translations of the sentences of `validation.watch`; left out where there are none. */
  watched?: { source: string; hypothesis: string }[]
}

/** The report of a validation. */
export interface ValidationReport extends Scores {
  step: number
  /** Whether this loss is the lowest of all validations so far. */
  best: boolean
}

/** Settings with which a model in training translates: the defaults that its model folder will have. */
export function translationOptions({ ids, maxLength }: ModelConfig, beams: number): GenerationOptions {
  return {
    ...generationDefaults,
    beams,
    maxTokens: Math.min(maxLength - 1, 255),
    suppress: ids.padding === null || ids.padding === ids.end ? [] : [ids.padding],
    forcedLast: ids.end,
  }
}

/** The search of a model that goes on with texts: the defaults that its model folder will have. */
export const textSearch = ({ ids, maxLength }: ModelConfig): GenerationOptions => ({
  ...generationDefaults,
  maxTokens: Math.min(maxLength, 256),
  suppress: ids.padding === null || ids.padding === ids.end ? [] : [ids.padding],
  loops: 'keep',
})

/**
 * Measures a model on validation sentences. The event loop runs between batches, so that signals arrive. The programs
 * of translation are loaded once, because a player keeps every program that it has loaded.
 */
export class Validator {
  readonly #training: TrainingStep
  readonly #generator: Generator | null
  readonly #codec: LatentCodec | null
  readonly #options: GenerationOptions
  readonly #adapter: TrainedAdapter | undefined

  constructor(
    player: Player,
    weights: Weights,
    training: TrainingStep,
    { beams, adapter }: { beams: number; adapter?: TrainedAdapter },
  ) {
    this.#adapter = adapter
    this.#training = training
    const { latents } = weights.config
    this.#codec = latents ? new LatentCodec(player, weights) : null
    this.#generator = latents ? null : new Generator(player, weights, { batchTokens: VALIDATION_TOKENS })
    this.#options = translationOptions(weights.config, beams)
  }

  async measure({ pairs, sources, begin, watched = [], texts, decode }: Validation): Promise<Scores> {
    let [loss, tokens] = [0, 0]
    for (const batch of batchesOf(pairs)) {
      loss += this.#training.loss(batch)
      tokens += targetTokens(batch)
      await turn()
    }
    const read = [...sources, ...watched.map(({ ids }) => ids)]
    const written = this.#codec
      ? this.#rewritten(this.#codec, pairs.slice(0, sources.length))
      : await this.translate(read, begin)
    const hypotheses = written.slice(0, sources.length).map(decode)
    const references = texts.map(({ reference }) => [reference])
    return {
      loss: loss / Math.max(1, tokens),
      bleu: hypotheses.length ? corpusBleu(hypotheses, references).score : 0,
      chrf: hypotheses.length ? corpusChrf(hypotheses, references).score : 0,
      samples: hypotheses.slice(0, 8).map((hypothesis, i) => ({ ...texts[i], hypothesis })),
      ...(watched.length && {
        watched: watched.map(({ source }, i) => ({ source, hypothesis: decode(written[sources.length + i]) })),
      }),
    }
  }

  /** The tokens that an autoencoder writes of the codes of targets. */
  #rewritten(codec: LatentCodec, pairs: readonly TokenPair[]): number[][] {
    const codes = codec.encode(pairs)
    return codec.decode(pairs.map((pair, i) => ({ ...pair, codes: codes[i] })))
  }

  /** The best translation of each source. An autoencoder has none. */
  async translate(sources: readonly EncodedSource[], begin?: readonly number[]): Promise<number[][]> {
    const results: number[][] = []
    const adapter = this.#adapter?.snapshot()
    sources.forEach(({ source, sound }, i) => {
      const done = ([best]: { ids: number[] }[]) => {
        results[i] = best.ids
      }
      present(this.#generator).add({ source, sound, begin, adapter, options: this.#options, done })
    })
    while (present(this.#generator).busy) {
      present(this.#generator).step()
      await turn()
    }
    return results
  }
}

export const targetTokens = (pairs: readonly TokenPair[]): number =>
  pairs.reduce((sum, { target }) => sum + target.length, 0)

/** Lets signals and timers run. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** The most tokens of either side in one run of a validation; a longer sentence gets a run of its own. */
const VALIDATION_TOKENS = 4096

function* batchesOf(pairs: readonly TokenPair[]): Iterable<TokenPair[]> {
  let batch: TokenPair[] = []
  let [source, target] = [0, 0]
  for (const pair of pairs) {
    source += pair.source.length
    target += pair.target.length
    if (batch.length && Math.max(source, target) > VALIDATION_TOKENS) {
      yield batch
      batch = []
      source = pair.source.length
      target = pair.target.length
    }
    batch.push(pair)
  }
  if (batch.length) yield batch
}
