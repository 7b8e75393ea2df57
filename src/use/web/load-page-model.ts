import { isUrl } from '../../base/values/value-class.ts'
import { type WasmIsa, wasmFiles } from '../../engine/backend/wasm/builds.ts'
import { runnerHere, type WorkName } from './calling-thread.ts'
import { type Loaded, loadInWorker } from './load-in-worker.ts'
import { type LoadOptions, type ResolvedWebOptions, resolveWebOptions } from './loading/load-options.ts'
import { baseUrl } from './loading/messages.ts'
import { placeOf } from './loading/model-place.ts'
import type { PickedFile } from './loading/picked-files.ts'
import { startWorker } from './start-worker.ts'

/** The file of a worker, and its address as bundlers recognize it. */
export interface WorkerFile {
  name: WorkName
  address(): URL
  /** Loads the same code into the page, for models that run there. */
  here(): Promise<unknown>
  /** See `ResolvedWebOptions`. */
  detector?: string
}

/** More threads gain little for one sentence: they wait for each other a hundred times in each run of a program. */
const AUTO_THREADS = 4

declare const navigator: { hardwareConcurrency: number } | undefined

/**
 * Has a worker load a model, or this thread with `worker: false`.
 * @throws GlassformerError as `Translator.load`
 */
export async function loadPageModel<Model>(
  model: string | URL | Iterable<PickedFile>,
  options: LoadOptions,
  { name, address, here, detector }: WorkerFile,
): Promise<Loaded<Model>> {
  const { worker, wasm, threads, ...resolved } = resolveWebOptions(options)
  const cores = worker === false || typeof navigator === 'undefined' ? 1 : navigator.hardwareConcurrency
  const most = threads === 'auto' ? Math.min(AUTO_THREADS, cores) : Math.min(threads, cores)
  const start = worker === false ? () => runnerHere(name, here) : () => startWorker(() => worker ?? address())
  return loadInWorker(placeOf(model), {
    ...resolved,
    start,
    wasm: buildsOf(wasm),
    threads: most,
    ...(detector !== undefined && { detector }),
  })
}

function buildsOf(wasm: LoadOptions['wasm']): ResolvedWebOptions['wasm'] {
  if (typeof wasm === 'string' || isUrl(wasm)) return { at: inFolder(wasm) }
  if (wasm !== undefined) return { module: wasm }
  return { at: import.meta.url ? inPackage() : wasmFiles }
}

/**
 * The addresses of the WebAssembly builds, from the package's dist/bundle/. Bundlers recognize this form, and include the
 * files.
 */
const inPackage = () => ({
  simd128: new URL('../../wasm/glassformer.wasm', import.meta.url).href,
  relaxedsimd: new URL('../../wasm/glassformer-relaxed.wasm', import.meta.url).href,
})

function inFolder(folder: string | URL): Record<WasmIsa, string> {
  const base = new URL(folder, baseUrl())
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  const at = (isa: WasmIsa) => new URL(wasmFiles[isa], base).href
  return { simd128: at('simd128'), relaxedsimd: at('relaxedsimd') }
}
