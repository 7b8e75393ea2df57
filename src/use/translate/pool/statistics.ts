import type { Outcomes } from './outcomes.ts'
import type { Pool } from './pool.ts'
import type { CacheStatistics, ResultCache } from './result-cache.ts'
import type { Histogram } from './worker-counts.ts'

/** What a translator does now, and what it has done since it was loaded. */
export interface Statistics {
  /** How many requests have come, and what has become of them. */
  requests: Outcomes
  /** Texts (or pairs) that have been accepted and not answered, and their characters (or ids). */
  openTexts: number
  openCharacters: number
  /** Of these, texts that have not begun; those that workers have already count by their sentences. */
  waitingTexts: number
  /** Their source tokens: those that a worker has exactly, others by their characters. */
  waitingTokens: number
  /** Sentences under way. */
  liveSentences: number
  /** Their source tokens × beams, of which each worker has at most `batchTokens`. */
  liveTokens: number
  /** Their live hypotheses: rows of the decoder. */
  liveRows: number
  /** How full the batches of all workers that have work are: from 0 to 1, or more where one sentence alone is larger. */
  batchFill: number
  /** Worker threads that are there, and those that have work. */
  workers: number
  busyWorkers: number
  /** How many worker threads have died; what they had was begun anew. */
  workerDeaths: number
  /** Counts since the translator was loaded: tokens that encoders have read, tokens of translations, sentences that are done, rows of all steps. */
  sourceTokens: number
  targetTokens: number
  sentences: number
  rows: number
  /** Tokens of translations in a second, over the last seconds in which somebody asked (at most about ten), or since loading. */
  tokensPerSecond: number
  /** How long steps took: the encoder for newcomers, the decoder, the search. */
  stepSeconds: Histogram
  /** How long it took from when a request was accepted to its first token. */
  firstTokenSeconds: Histogram
  /** The cache of whole results. */
  cache: CacheStatistics
}

/** Source tokens of a character, before it is known. */
const USUAL = 0.3
/** A sample is used as long as this, in milliseconds. */
const PERIOD = 5000

/** Makes statistics of what a pool counts. */
export class Statistician {
  readonly #pool: Pool
  readonly #cache: ResultCache
  readonly #batchTokens: number
  /** The counts of earlier, from which a rate is computed: [older, newer]. */
  #samples = [sampleOf(0), sampleOf(0)]

  constructor(pool: Pool, cache: ResultCache, batchTokens: number) {
    this.#pool = pool
    this.#cache = cache
    this.#batchTokens = batchTokens
  }

  now(): Statistics {
    const pool = this.#pool
    const { totals, counts, busy } = pool
    const gauge = (name: Parameters<(typeof counts)[number]['get']>[0]) =>
      counts.reduce((sum, each) => sum + each.get(name), 0)
    const { texts, characters } = pool.open.amount
    const sourceTokens = totals.get('sourceTokens')
    const perCharacter = pool.characters.done ? sourceTokens / pool.characters.done : USUAL
    const liveTokens = gauge('liveTokens')
    return {
      requests: { ...pool.outcomes },
      openTexts: texts,
      openCharacters: characters,
      waitingTexts: Math.max(0, texts - pool.givenTexts) + gauge('waitingSentences'),
      waitingTokens: Math.round(pool.characters.waiting * perCharacter) + gauge('waitingTokens'),
      liveSentences: gauge('liveSentences'),
      liveTokens,
      liveRows: gauge('liveRows'),
      batchFill: liveTokens / (this.#batchTokens * Math.max(1, busy)),
      workers: counts.length,
      busyWorkers: busy,
      workerDeaths: pool.deaths,
      sourceTokens,
      targetTokens: totals.get('targetTokens'),
      sentences: totals.get('sentences'),
      rows: totals.get('rows'),
      tokensPerSecond: this.#rate(totals.get('targetTokens')),
      stepSeconds: totals.histogram('step'),
      firstTokenSeconds: totals.histogram('firstToken'),
      cache: this.#cache.statistics,
    }
  }

  #rate(tokens: number): number {
    const now = sampleOf(tokens)
    if (now.at - this.#samples[1].at > PERIOD) this.#samples = [this.#samples[1], now]
    const [before] = this.#samples
    return now.at > before.at ? (1000 * (now.tokens - before.tokens)) / (now.at - before.at) : 0
  }
}

const sampleOf = (tokens: number) => ({ at: performance.now(), tokens })
