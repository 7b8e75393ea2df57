import type { GlassformerError } from '../../base/errors.ts'
import { traceFromJson } from '../trace/json.ts'
import type { TraceOptions } from '../trace/options.ts'
import type { Trace } from '../trace/trace.ts'
import type { LiveModel } from './live-model.ts'
import type { PageData } from './page-data.ts'
import type { Run } from './run.ts'

/** What a view wants to see of a run, beside its texts and steps, which are always there. */
export interface Needs {
  /** Names of tensors, as `decoder.1.crossAttention.weights`. */
  tensors?: readonly string[]
  lens?: boolean
  beamTree?: boolean
}

/** Why there is no trace: in the server's words, or because an exported file has no model to ask. */
export class NoTrace extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Tokens that each step and each depth of the lens tells of. */
const TOP = 10

/** So many runs stay in memory. */
const KEPT_RUNS = 12

interface Entry {
  run: Run
  trace: Trace | null
  failure: Error | null
  /** What has been asked for and is not there yet. */
  wanted: Set<string>
  under: { wanted: ReadonlySet<string>; controller: AbortController } | null
  wasRead: boolean
  /** Whether an exported file holds it. */
  isExported: boolean
}

/**
 * The traces that the page shows. A view reads what it needs; what is not there yet is asked for, all that one render wants in one
 * request, and `onChange` tells when it has come. So a long sentence loads the tensors that are looked at, and no others.
 */
export class Traces {
  readonly #entries = new Map<string, Entry>()
  readonly #exported: boolean
  readonly #onChange: () => void
  /** The model that an exported file has been given. */
  live: LiveModel | null = null

  constructor({ exported }: Pick<PageData, 'exported'>, onChange: () => void) {
    this.#exported = exported !== null
    this.#onChange = onChange
    for (const { run, trace } of exported ?? []) {
      const entry = entryOf(run, traceFromJson(trace))
      this.#entries.set(keyOf(run), { ...entry, isExported: true })
    }
  }

  /** The trace with all that is needed, or null as long as something has not come. @throws NoTrace */
  read(run: Run, needs: Needs = {}): Trace | null {
    const entry = this.#entryOf(run)
    entry.wasRead = true
    if (entry.failure) throw entry.failure
    const missing = marksOf(needs).filter((mark) => !isThere(entry.trace, mark))
    if (entry.trace && missing.length === 0) return entry.trace
    if (this.#exported && this.live?.name !== run.model) throw new NoTrace('ERR_EXPORTED', needsTheModel)
    for (const mark of missing) entry.wanted.add(mark)
    if (!entry.under) queueMicrotask(() => void this.#load(entry))
    return null
  }

  /** To be called before a render. */
  beginRender(): void {
    for (const entry of this.#entries.values()) entry.wasRead = false
  }

  /** To be called after a render: work for what nobody reads any more is stopped, and old runs are let go. */
  endRender(): void {
    for (const [key, entry] of this.#entries) {
      if (entry.wasRead || entry.isExported) continue
      if (entry.under || this.#entries.size > KEPT_RUNS) {
        entry.under?.controller.abort()
        this.#entries.delete(key)
      }
    }
  }

  /** A file that shows what is shown now, in every view and without a server; `start`: the address that it opens at. @throws NoTrace */
  async exported(start: string): Promise<Blob> {
    const shown = [...this.#entries.values()].filter(({ wasRead }) => wasRead).map(({ run }) => run)
    const runs = shown.map((run) => ({ run, model: run.model, source: run.source, options: optionsOf(run) }))
    return (await post('api/export', { runs, start })).blob()
  }

  /** Forgets failures, to try again. */
  retry(): void {
    for (const [key, entry] of this.#entries) if (entry.failure) this.#entries.delete(key)
    this.#onChange()
  }

  #entryOf(run: Run): Entry {
    const key = keyOf(run)
    const entry = this.#entries.get(key) ?? entryOf(run, null)
    this.#entries.delete(key) // and to the end: the first is the oldest
    this.#entries.set(key, entry)
    return entry
  }

  async #load(entry: Entry): Promise<void> {
    if (entry.under || (entry.trace && entry.wanted.size === 0)) return
    const controller = new AbortController()
    const wanted = new Set(entry.wanted)
    entry.under = { wanted, controller }
    entry.wanted.clear()
    try {
      const trace = await this.#ask(requestOf(entry, wanted), controller.signal)
      entry.trace = entry.trace ? merged(entry.trace, trace, wanted) : trace
    } catch (error) {
      if (controller.signal.aborted) return
      entry.failure = error as Error
    }
    entry.under = null
    this.#onChange()
  }

  /** @throws NoTrace where the server, or the model that the page runs, says no */
  async #ask({ model, source, options }: ReturnType<typeof requestOf>, signal: AbortSignal): Promise<Trace> {
    if (!this.#exported)
      return traceFromJson(await (await post('api/inspect', { model, source, options }, signal)).json())
    try {
      return await this.live!.inspect(source, options as TraceOptions, signal)
    } catch (error) {
      const { code, message } = error as GlassformerError
      throw new NoTrace(code, message)
    }
  }
}

export const needsTheModel =
  'This file holds what was computed when it was exported. For anything else the model is needed: load it above, or let glassformer inspect serve this page.'

const keyOf = (run: Run) =>
  JSON.stringify([run.model, run.source, run.beams, run.lengthPenalty, run.headsOff, run.forced, run.target])

const entryOf = (run: Run, trace: Trace | null): Entry => ({
  run,
  trace,
  failure: null,
  wanted: new Set(),
  under: null,
  wasRead: true,
  isExported: false,
})

/** What is needed as marks: names of tensors, and '#lens', '#beamTree'. */
const marksOf = ({ tensors = [], lens = false, beamTree = false }: Needs): string[] => [
  ...tensors,
  ...(lens ? ['#lens'] : []),
  ...(beamTree ? ['#beamTree'] : []),
]

function isThere(trace: Trace | null, mark: string): boolean {
  if (!trace) return false
  if (mark === '#lens') return trace.lens.length > 0
  if (mark === '#beamTree') return trace.beams !== null
  return mark in trace.tensors
}

/** The search of a run, and what is changed while the model runs. */
function optionsOf({ beams, lengthPenalty, headsOff, forced, target }: Run) {
  const interventions = [
    ...headsOff.map((off) => ({ kind: 'headOff', ...off })),
    ...forced.map(({ step, id }) => ({ kind: 'force', step, token: id })),
  ]
  return {
    ...(beams !== null && { beams }),
    ...(lengthPenalty !== null && { lengthPenalty }),
    ...(interventions.length > 0 && { interventions }),
    ...(target && { target }),
  }
}

/**
 * The first request translates. What is asked for later is of the same target, which is given then with what was forced in it; only the
 * beam tree needs the search once more.
 */
function requestOf({ run, trace }: Entry, wanted: ReadonlySet<string>) {
  const beamTree = wanted.has('#beamTree')
  const options =
    trace && !beamTree ? { ...optionsOf({ ...run, forced: [] }), target: trace.target.ids } : optionsOf(run)
  return {
    model: run.model,
    source: run.source,
    options: {
      ...options,
      tensors: [...wanted].filter((mark) => !mark.startsWith('#')),
      steps: TOP,
      ...(wanted.has('#lens') && { lens: TOP }),
      ...(beamTree && { beamTree }),
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

/** @throws NoTrace where the server says no, or nothing */
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
