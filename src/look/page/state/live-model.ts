import type { WasmIsa } from '../../../engine/backend/wasm/builds.ts'
import type { Trace } from '../../../trace/data/trace.ts'
import { resolveTraceOptions, type TraceOptions } from '../../../trace/options.ts'
import type { ModelInfo } from '../../../use/translate/options/model-info.ts'
import { Calls } from '../../../use/web/calls.ts'
import { loadInWorker } from '../../../use/web/load-in-worker.ts'
import type { LoadProgress } from '../../../use/web/loading/load-options.ts'
import { placeOf } from '../../../use/web/loading/model-place.ts'
import { startWorker } from '../../../use/web/start-worker.ts'

/** Where a page without a server has the code that runs models. */
export interface ModelCode {
  /** The address of the worker's file. */
  worker(): string
  /** The addresses of the WebAssembly builds; null: models run in JavaScript. */
  wasm: Readonly<Record<WasmIsa, string>> | null
}

/** A model that the page runs in a worker, because it has no server. */
export interface LiveModel {
  name: string
  /** The backend that runs it. */
  backend: string
  /** @throws GlassformerError */
  inspect(source: string, options: TraceOptions, signal: AbortSignal): Promise<Trace>
}

/** Loads a model from the URL of its folder, or from the folder's files. @throws GlassformerError */
export async function loadLive(
  model: string | Iterable<File>,
  { worker, wasm }: ModelCode,
  progress: (progress: LoadProgress) => void,
): Promise<LiveModel> {
  const at = wasm ?? { simd128: '', relaxedsimd: '' }
  const backend = wasm ? 'auto' : 'js'
  const options = {
    backend,
    threads: 1,
    wasm: { at },
    precision: 'auto',
    batchTokens: 2048,
    cache: true,
    download: false,
  } as const
  const loaded = await loadInWorker<ModelInfo>(placeOf(model), {
    ...options,
    progress,
    start: () => startWorker(worker),
  })
  const { name, defaults, config } = loaded.model
  const calls = new Calls(loaded.worker)
  return {
    name,
    backend: backendName(loaded.info.backend),
    async inspect(source, given, signal) {
      const options = resolveTraceOptions({ ...given, signal }, defaults, config)
      const [trace] = await calls.ask<Trace>({ kind: 'trace', source, options }, 1, { signal })
      return trace
    },
  }
}

export const backendName = (backend: string): string => (backend === 'js' ? 'JavaScript' : 'WebAssembly')

/** The code in an exported file, which contains the worker as text, and no WebAssembly. */
export const codeInFile = (): ModelCode => {
  let address: string | undefined
  const worker = () => {
    // biome-ignore lint/style/noNonNullAssertion: an exported file is written with this element
    const text = document.getElementById('page-worker')!.textContent!
    address ??= URL.createObjectURL(new Blob([text], { type: 'text/javascript' }))
    return address
  }
  return { worker, wasm: null }
}
