import type { Trace } from '../../../trace/data/trace.ts'
import { resolveTraceOptions, type TraceOptions } from '../../../trace/options.ts'
import { Calls } from '../../../use/web/calls.ts'
import { type Loaded, loadInWorker } from '../../../use/web/load-in-worker.ts'
import type { LoadProgress } from '../../../use/web/loading/load-options.ts'
import { placeOf } from '../../../use/web/loading/model-place.ts'
import { startWorker } from '../../../use/web/start-worker.ts'

/** A model that the page runs in a worker, because an exported file has no server. */
export class LiveModel {
  readonly name: string
  /** The backend that runs it. */
  readonly backend: string
  readonly #model: Loaded['model']
  readonly #calls: Calls

  private constructor({ worker, model, info }: Loaded) {
    this.name = model.name
    this.backend = info.backend === 'js' ? 'JavaScript' : info.backend
    this.#model = model
    this.#calls = new Calls(worker)
  }

  /** Loads the model from the URL of its folder, or from the folder's files. @throws GlassformerError */
  static async load(model: string | Iterable<File>, progress: (progress: LoadProgress) => void): Promise<LiveModel> {
    const worker = URL.createObjectURL(new Blob([workerCode()], { type: 'text/javascript' }))
    try {
      // The file does not contain the WebAssembly build.
      const wasm = { at: { simd128: '', relaxedsimd: '' } }
      const options = { backend: 'js', threads: 1, wasm, precision: 'auto', batchTokens: 2048, cache: true } as const
      const start = () => startWorker(() => worker)
      return new LiveModel(await loadInWorker(placeOf(model), { ...options, progress, start }))
    } finally {
      URL.revokeObjectURL(worker)
    }
  }

  /** @throws GlassformerError */
  async inspect(source: string, options: TraceOptions, signal: AbortSignal): Promise<Trace> {
    const resolved = resolveTraceOptions({ ...options, signal }, this.#model.defaults, this.#model.config)
    const [trace] = await this.#calls.ask<Trace>({ kind: 'trace', source, options: resolved }, 1, { signal })
    return trace
  }
}

/** The code of the worker, which an exported file contains as text. */
// biome-ignore lint/style/noNonNullAssertion: the page is written with this element
const workerCode = (): string => document.getElementById('page-worker')!.textContent!
