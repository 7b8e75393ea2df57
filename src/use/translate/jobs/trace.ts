import type { Player } from '../../../engine/backend/interface/backend.ts'
import type { Adapter } from '../../../engine/weights/adapter.ts'
import { mergedWeights } from '../../../engine/weights/merged-weights.ts'
import type { Weights } from '../../../engine/weights/weights.ts'
import { tokensAlone } from '../../../files/folders/tokenizers/make-tokenizer.ts'
import type { Trace } from '../../../trace/data/trace.ts'
import { receivedInterventions } from '../../../trace/edits/functions-of-threads.ts'
import type { ResolvedTraceOptions } from '../../../trace/options.ts'
import { tracing } from '../../../trace/tracing.ts'
import type { Job, JobKind, WorkerContext, WorkerPart } from '../../../workers/jobs/job-kind.ts'
import { beginningWith, languageCodes } from '../sentences/language-codes.ts'
import { SentenceIds } from '../sentences/sentence-ids.ts'
import type { Source } from '../translation/translation.ts'

interface Contents {
  source: Source
  options: ResolvedTraceOptions
  /** The memory by which functions of the caller's thread are called; left out: there are none. */
  calls?: SharedArrayBuffer
}

type TraceJob = Job<Contents, Trace, never>

/** A job under way. */
interface Started {
  job: TraceJob
  steps: ReturnType<typeof tracing>
  player: Player
}

/** The traces of a worker, each step by step on a player of its own, whose programs are freed with it. */
class Traces implements WorkerPart {
  readonly #worker: WorkerContext
  readonly #started = new Set<Started>()
  /** The weights with the adapter of the last trace that had one. */
  #adapted: { id: number; weights: Weights } | null = null

  constructor(worker: WorkerContext) {
    this.#worker = worker
  }

  get busy(): boolean {
    return this.#started.size > 0
  }

  add(job: TraceJob): void {
    const { model, createPlayer } = this.#worker
    const { source, options, calls } = job.contents
    const tokenizer = this.#worker.tokenizer ?? tokensAlone(model.tokenizer)
    const ids = new SentenceIds(tokenizer, model.config, model.path)
    const languages = languageCodes(tokenizer, options.languages, model.path)
    const traced = {
      source: ids.traced(source, 'source', languages),
      target: options.target === null ? null : ids.traced(options.target, 'target', languages),
      second: options.sweep?.second === undefined ? null : ids.traced(options.sweep.second, 'source', languages),
    }
    const { name, shortlist } = model
    const weights = options.adapter ? this.#merged(options.adapter) : model.weights
    const player = createPlayer()
    const steps = tracing({ name, weights, shortlist, tokenizer, player }, traced, {
      ...options,
      generation: beginningWith(languages, options.generation),
      interventions: receivedInterventions(options.interventions, calls),
    })
    this.#started.add({ job, player, steps })
  }

  /** Takes one step of each job. */
  step(): void {
    for (const started of this.#started) {
      const { job, steps } = started
      try {
        const { done, value } = steps.next()
        if (!done) continue
        this.#end(started)
        const { adapter } = job.contents.options
        const arrays = Object.values(value.tensors).map(({ values }) => values.buffer as ArrayBuffer)
        job.done([adapter ? { ...value, adapter: adapter.name } : value], [...new Set(arrays)])
      } catch (error) {
        this.#end(started)
        job.fail(error, { index: 0 })
      }
    }
  }

  cancel(request: unknown): void {
    for (const started of this.#started) if (started.job.request === request) this.#end(started)
  }

  /** Weights for a trace: the adapter is merged into them, so that gradients and changes reach it too. */
  #merged(adapter: Adapter): Weights {
    if (this.#adapted?.id !== adapter.id)
      this.#adapted = { id: adapter.id, weights: mergedWeights(this.#worker.model.weights, adapter) }
    return this.#adapted.weights
  }

  #end(started: Started): void {
    this.#started.delete(started)
    started.player.close()
  }
}

const newTraces = (worker: WorkerContext) => new Traces(worker)

/** Traces the computation for one sentence. */
export const trace: JobKind<'trace', Contents, Trace, never> = {
  kind: 'trace',
  run: (worker, job) => worker.part(newTraces).add(job),
  cancel: (worker, request) => worker.part(newTraces).cancel(request),
}
