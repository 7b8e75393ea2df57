import type { Outcomes } from '../requests/backlog.ts'
import type { Histogram } from '../threads/worker-counts.ts'
import type { Pool } from './pool.ts'

/** Statistics of a cache of results. */
export interface CacheStatistics {
  hits: number
  misses: number
  entries: number
  bytes: number
}

/** Statistics of a translator, now and since it was loaded. */
export interface Statistics {
  /** Counts of requests by their outcome. */
  requests: Outcomes
  /** Open texts (or pairs), that is, accepted and not answered, and their characters (or ids). */
  openTexts: number
  openCharacters: number
  /** The open texts that have not begun; texts at workers count by their sentences. */
  waitingTexts: number
  /** Their source tokens: exact for sentences at a worker, estimated by characters for others. */
  waitingTokens: number
  /** Sentences under way. */
  liveSentences: number
  /** Their source tokens × beams, at most `batchTokens` at each worker. */
  liveTokens: number
  /** Their live hypotheses: rows of the decoder. */
  liveRows: number
  /** How full the batches of all busy workers are: from 0 to 1, or more if a single sentence is larger. */
  batchFill: number
  /** The numbers of worker threads and of busy ones. */
  workers: number
  busyWorkers: number
  /** The number of worker threads that have died; others began their work anew. */
  workerDeaths: number
  /**
   * Counts since the translator was loaded: tokens read by encoders, tokens of translations, finished sentences, rows
   * of all steps.
   */
  sourceTokens: number
  targetTokens: number
  sentences: number
  rows: number
  /** Drafted tokens, and those of them that the search has chosen. */
  draftedTokens: number
  acceptedTokens: number
  /**
   * Tokens of translations per second, over the last seconds in which statistics were read (at most about ten), or
   * since loading.
   */
  tokensPerSecond: number
  /** Durations of steps: the encoder for new sentences, the decoder, the search. */
  stepSeconds: Histogram
  /** Time from a request's arrival until a worker has the first part of it. */
  queuedSeconds: Histogram
  /** Time from a request's arrival to its first token. */
  firstTokenSeconds: Histogram
  /** The cache of whole results. */
  cache: CacheStatistics
}

/** Assumed source tokens per character, before it is known. */
const USUAL = 0.3
/** Age in milliseconds up to which a sample is used. */
const PERIOD = 5000

/** Computes statistics from the counts of a pool. */
export class Statistician {
  readonly #pool: Pool
  readonly #cache: () => CacheStatistics
  readonly #batchTokens: number
  /** Earlier counts, from which a rate is computed: [older, newer]. */
  #samples = [sampleOf(0), sampleOf(0)]

  constructor(pool: Pool, cache: () => CacheStatistics, batchTokens: number) {
    this.#pool = pool
    this.#cache = cache
    this.#batchTokens = batchTokens
  }

  now(): Statistics {
    const pool = this.#pool
    const { totals, counts, busy } = pool
    const gauge = (name: Parameters<(typeof counts)[number]['get']>[0]) =>
      counts.reduce((sum, each) => sum + each.get(name), 0)
    const { texts, characters } = pool.backlog.amount
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
      draftedTokens: totals.get('drafted'),
      acceptedTokens: totals.get('accepted'),
      tokensPerSecond: this.#rate(totals.get('targetTokens')),
      stepSeconds: totals.histogram('step'),
      queuedSeconds: totals.histogram('queued'),
      firstTokenSeconds: totals.histogram('firstToken'),
      cache: this.#cache(),
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
