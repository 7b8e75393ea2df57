import type { GlassformerError } from '../../../base/errors.ts'
import { traceFromJson } from '../../../trace/data/json.ts'
import type { Trace } from '../../../trace/data/trace.ts'
import type { TraceOptions } from '../../../trace/options.ts'
import { Answers, isQuestion, oneOfEach, type Questions, questionMarks, questionsIn } from './answers.ts'
import type { LiveModel } from './live-model.ts'
import type { PageData } from './page-data.ts'
import type { Run } from './run.ts'

/** The parts of a run that a view needs besides texts and steps, which are always there. */
export interface Needs extends Questions {
  /** Names of tensors, such as `decoder.1.crossAttention.weights`. */
  tensors?: readonly string[]
  lens?: boolean
  beamTree?: boolean
}

/** The reason for a missing trace: the server's message, or that an exported file has no model. */
export class NoTrace extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** The number of tokens for each step and each depth of the lens. */
const TOP = 10

/** The maximum number of runs in memory. */
const KEPT_RUNS = 12

interface Entry {
  run: Run
  trace: Trace | null
  failure: Error | null
  /** The answers about the same target: shares of a token, sweeps. */
  answers: Answers
  /** Requested parts that have not arrived. */
  wanted: Set<string>
  under: { wanted: ReadonlySet<string>; controller: AbortController } | null
  wasRead: boolean
  /** Whether an exported file contains it. */
  isExported: boolean
}

/**
 * The traces that the page shows. A view reads the parts that it needs; missing parts are requested, all parts of one
 * render in one request, and `onChange` reports their arrival. For a long sentence, only the tensors in view are
 * loaded.
 */
export class Traces {
  readonly #entries = new Map<string, Entry>()
  readonly #exported: boolean
  readonly #onChange: () => void
  /** The models that run in the page. */
  live: readonly LiveModel[] = []

  constructor({ exported }: Pick<PageData, 'exported'>, onChange: () => void) {
    this.#exported = exported !== null
    this.#onChange = onChange
    for (const { run, trace } of exported ?? []) {
      const entry = entryOf(run, traceFromJson(trace))
      this.#entries.set(keyOf(run), { ...entry, isExported: true })
    }
  }

  /** The trace with all needed parts, or null until they have arrived. @throws NoTrace */
  read(run: Run, needs: Needs = {}): Trace | null {
    const entry = this.#entryOf(run)
    entry.wasRead = true
    if (entry.failure) throw entry.failure
    const missing = marksOf(needs).filter((mark) => !entry.answers.has(mark) && !isThere(entry.trace, mark))
    if (entry.trace && missing.length === 0) return entry.answers.beside(entry.trace, questionMarks(needs))
    if (this.#exported && !this.#liveOf(run.model)) throw new NoTrace('ERR_EXPORTED', needsTheModel)
    for (const mark of missing) entry.wanted.add(mark)
    if (!entry.under) queueMicrotask(() => void this.#load(entry))
    return null
  }

  /** The part of a run's trace that has arrived; nothing is asked for. */
  shown(run: Run): Trace | null {
    return this.#entries.get(keyOf(run))?.trace ?? null
  }

  /** To be called before a render. */
  beginRender(): void {
    for (const entry of this.#entries.values()) entry.wasRead = false
  }

  /** To be called after a render: cancels requests that no view reads any more, and drops old runs. */
  endRender(): void {
    for (const [key, entry] of this.#entries) {
      if (entry.wasRead || entry.isExported) continue
      if (entry.under || this.#entries.size > KEPT_RUNS) {
        entry.under?.controller.abort()
        this.#entries.delete(key)
      }
    }
  }

  /**
   * A file that shows the present state in every view and without a server; `start`: the address that it opens at.
   * @throws NoTrace
   */
  async exported(start: string): Promise<Blob> {
    const shown = [...this.#entries.values()].filter(({ wasRead }) => wasRead).map(({ run }) => run)
    const runs = shown.map((run) => ({ run, model: run.model, source: run.source, options: optionsOf(run) }))
    return (await post('api/export', { runs, start })).blob()
  }

  /** Forgets failures, so that requests are repeated. */
  retry(): void {
    for (const [key, entry] of this.#entries) if (entry.failure) this.#entries.delete(key)
    this.#onChange()
  }

  #entryOf(run: Run): Entry {
    const key = keyOf(run)
    const entry = this.#entries.get(key) ?? entryOf(run, null)
    this.#entries.delete(key) // moved to the end: the first is the oldest
    this.#entries.set(key, entry)
    return entry
  }

  async #load(entry: Entry): Promise<void> {
    if (entry.under || (entry.trace && entry.wanted.size === 0)) return
    const controller = new AbortController()
    const wanted = oneOfEach(entry.wanted, entry.trace !== null)
    entry.under = { wanted, controller }
    entry.wanted.clear()
    try {
      const trace = await this.#ask(requestOf(entry, wanted), controller.signal)
      entry.answers.keep(wanted, trace)
      entry.trace = entry.trace ? merged(entry.trace, trace, wanted) : trace
    } catch (error) {
      if (controller.signal.aborted) return
      entry.failure = error as Error
    }
    entry.under = null
    this.#onChange()
  }

  #liveOf(model: string): LiveModel | undefined {
    return this.live.find(({ name }) => name === model)
  }

  /** @throws NoTrace where the server, or the model in the page, reports an error */
  async #ask({ model, source, options }: ReturnType<typeof requestOf>, signal: AbortSignal): Promise<Trace> {
    if (!this.#exported)
      return traceFromJson(await (await post('api/inspect', { model, source, options }, signal)).json())
    try {
      // biome-ignore lint/style/noNonNullAssertion: traces are asked of a live model
      return await this.#liveOf(model)!.inspect(source, options as TraceOptions, signal)
    } catch (error) {
      const { code, message } = error as GlassformerError
      throw new NoTrace(code, message)
    }
  }
}

export const needsTheModel =
  'This file holds what was computed when it was exported. For anything else the model is needed: load it above, or let glassformer inspect serve this page.'

const keyOf = (run: Run) =>
  JSON.stringify([
    run.model,
    run.source,
    run.beams,
    run.lengthPenalty,
    run.draft ?? null,
    run.headsOff,
    run.forced,
    run.target,
  ])

const entryOf = (run: Run, trace: Trace | null): Entry => ({
  run,
  trace,
  failure: null,
  answers: new Answers(),
  wanted: new Set(),
  under: null,
  wasRead: true,
  isExported: false,
})

/** The needs as keys: names of tensors, '#lens', '#beamTree', and questions. */
const marksOf = ({ tensors = [], lens = false, beamTree = false, ...questions }: Needs): string[] => [
  ...tensors,
  ...(lens ? ['#lens'] : []),
  ...(beamTree ? ['#beamTree'] : []),
  ...questionMarks(questions),
]

function isThere(trace: Trace | null, mark: string): boolean {
  if (!trace || isQuestion(mark)) return false
  if (mark === '#lens') return trace.lens.length > 0
  if (mark === '#beamTree') return trace.beams !== null
  return mark in trace.tensors
}

/** The options of a run's search, and its interventions. */
function optionsOf({ beams, lengthPenalty, draft = null, headsOff, forced, target }: Run) {
  const interventions = [
    ...headsOff.map((off) => ({ kind: 'headOff', ...off })),
    ...forced.map(({ step, id }) => ({ kind: 'force', step, token: id })),
  ]
  return {
    ...(beams !== null && { beams }),
    // Beams are searched without drafts.
    ...(draft !== null && { draft, beams: 1 }),
    ...(lengthPenalty !== null && { lengthPenalty }),
    ...(interventions.length > 0 && { interventions }),
    ...(target && { target }),
  }
}

/**
 * The first request translates. Later requests are about the same target, which they contain with its forced tokens;
 * only the beam tree needs the search again.
 */
function requestOf({ run, trace }: Entry, wanted: ReadonlySet<string>) {
  const beamTree = wanted.has('#beamTree')
  const options =
    trace && !beamTree
      ? { ...optionsOf({ ...run, forced: [] }), target: trace.target.ids.slice(trace.target.given ?? 0) }
      : optionsOf(run)
  return {
    model: run.model,
    source: run.source,
    options: {
      ...options,
      tensors: [...wanted].filter((mark) => !mark.startsWith('#')),
      steps: TOP,
      ...(wanted.has('#lens') && { lens: TOP }),
      ...(beamTree && { beamTree }),
      ...questionsIn(wanted),
    },
  }
}

function merged(trace: Trace, more: Trace, wanted: ReadonlySet<string>): Trace {
  return {
    ...trace,
    tensors: { ...trace.tensors, ...more.tensors },
    lens: wanted.has('#lens') ? more.lens : trace.lens,
    beams: wanted.has('#beamTree') ? more.beams : trace.beams,
  }
}

/** @throws NoTrace where the server reports an error or does not answer */
async function post(path: string, request: unknown, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
    signal,
  }).catch((error) => {
    if (signal?.aborted) throw error
    throw new NoTrace('ERR_CONNECTION', 'The server of this page does not answer: has glassformer inspect ended?')
  })
  if (response.ok) return response
  const { error } = await response.json()
  throw new NoTrace(error.code, error.message)
}
