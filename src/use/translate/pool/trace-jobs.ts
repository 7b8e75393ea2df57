import type { Player } from '../../../engine/backend/interface/backend.ts'
import type { Adapter } from '../../../engine/weights/adapter.ts'
import { mergedWeights } from '../../../engine/weights/merged-weights.ts'
import type { Weights } from '../../../engine/weights/weights.ts'
import type { LoadedModel } from '../../../files/folders/layout/loaded-model.ts'
import { tokensAlone } from '../../../files/folders/tokenizers/make-tokenizer.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'
import type { Trace } from '../../../trace/data/trace.ts'
import type { ResolvedTraceOptions } from '../../../trace/options.ts'
import type { tracing } from '../../../trace/tracing.ts'
import { SentenceIds } from '../sentences/sentence-ids.ts'
import { beginningWith, toldLanguages } from '../sentences/told-languages.ts'
import type { Source } from '../translation.ts'
import { withRemoteFunctions } from './remote-functions.ts'

/** One sentence to be traced. All jobs of a `request` are canceled together. */
export interface TraceJob {
  request: unknown
  source: Source
  options: ResolvedTraceOptions
  /** The memory by which functions of the caller's thread are called; left out: there are none. */
  calls?: SharedArrayBuffer
  done(trace: Trace): void
  fail(error: unknown): void
}

/** A job under way. */
interface Started {
  job: TraceJob
  steps: ReturnType<typeof tracing>
  player: Player
}

/** Traces on the calling thread, step by step. The tracing code is loaded when the first job comes. */
export class TraceJobs {
  readonly #model: LoadedModel
  readonly #tokenizer: Tokenizer | null
  readonly #createPlayer: () => Player
  /** Jobs that wait until the tracing code is loaded. */
  readonly #waiting = new Set<TraceJob>()
  readonly #started = new Set<Started>()
  /** The weights with the adapter of the last trace that had one. */
  #adapted: { id: number; weights: Weights } | null = null

  /** `createPlayer` makes a player for each job, whose programs are freed with it. */
  constructor(model: LoadedModel, tokenizer: Tokenizer | null, createPlayer: () => Player) {
    this.#model = model
    this.#tokenizer = tokenizer
    this.#createPlayer = createPlayer
  }

  /** Whether a step can be taken. */
  get busy(): boolean {
    return this.#started.size > 0
  }

  /** Whether jobs wait for code that is being loaded, which happens when this thread is idle. */
  get loading(): boolean {
    return this.#waiting.size > 0
  }

  /** Resolves when the job is under way, or has failed. */
  async add(job: TraceJob): Promise<void> {
    this.#waiting.add(job)
    try {
      const { tracing } = await import('../../../trace/tracing.ts')
      if (!this.#waiting.has(job)) return // canceled meanwhile
      const tokenizer = this.#tokenizer ?? tokensAlone(this.#model.tokenizer)
      const ids = new SentenceIds(tokenizer, this.#model.config, this.#model.path)
      const languages = toldLanguages(tokenizer, job.options.languages, this.#model.path)
      const source = ids.traced(job.source, 'source', languages)
      const target = job.options.target === null ? null : ids.traced(job.options.target, 'target', languages)
      const { sweep } = job.options
      const second = sweep?.second === undefined ? null : ids.traced(sweep.second, 'source', languages)
      const options = {
        ...job.options,
        generation: beginningWith(languages, job.options.generation),
        interventions: withRemoteFunctions(job.options.interventions, job.calls),
      }
      const { name, shortlist } = this.#model
      const { adapter } = job.options
      const weights = adapter ? this.#merged(adapter) : this.#model.weights
      const player = this.#createPlayer()
      const subject = { name, weights, shortlist, tokenizer, player }
      this.#started.add({ job, player, steps: tracing(subject, { source, target, second }, options) })
    } catch (error) {
      job.fail(error)
    } finally {
      this.#waiting.delete(job)
    }
  }

  /** Takes one step of each job. */
  step(): void {
    for (const started of this.#started) {
      const { job, steps } = started
      try {
        const { done, value } = steps.next()
        if (!done) continue
        this.#end(started)
        const { adapter } = job.options
        job.done(adapter ? { ...value, adapter: adapter.name } : value)
      } catch (error) {
        this.#end(started)
        job.fail(error)
      }
    }
  }

  cancel(request: unknown): void {
    for (const job of this.#waiting) if (job.request === request) this.#waiting.delete(job)
    for (const started of this.#started) if (started.job.request === request) this.#end(started)
  }

  /** Weights for a trace: the adapter is merged into them, so that gradients and changes reach it too. */
  #merged(adapter: Adapter): Weights {
    if (this.#adapted?.id !== adapter.id)
      this.#adapted = { id: adapter.id, weights: mergedWeights(this.#model.weights, adapter) }
    return this.#adapted.weights
  }

  #end(started: Started): void {
    this.#started.delete(started)
    started.player.close()
  }
}
