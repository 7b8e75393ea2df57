import { isUrl } from '../../base/kind-of.ts'
import { inOptions } from '../../base/schema/place.ts'
import { read, settings, some, type Values } from '../../base/schema/settings.ts'
import { abortSignal, flag, oneOf, type Type } from '../../base/schema/types.ts'
import type { WasmIsa } from '../../engine/backend/wasm/builds.ts'
import type { Precision } from '../../engine/weights/precision.ts'
import type { Threads } from '../translate/for-pages.ts'
import { loadSettings, MOST_TOKENS } from '../translate/options.ts'

/** How far the loading of a model has come. */
export interface LoadProgress {
  /** The name of the file that is being fetched. */
  file: string
  /** Its bytes that are there. */
  loaded: number
  /** All its bytes; null where the server does not say how many. */
  total: number | null
  /** Whether the file came from the browser's cache. */
  cached: boolean
}

/** How a translator in a browser works. */
export interface LoadOptions {
  /** The backend that runs the model. Default 'auto': WebAssembly where it works, else JavaScript, which is several times slower. */
  backend?: WebBackend
  /** How the model's matrices are held; see the options of `Translator.load` in Node.js. Default 'auto': as the folder stores them. */
  precision?: Precision
  /**
   * Threads of WebAssembly's kernels, in a page that is isolated from other origins; in other pages it is one. Default 'auto': as many as the
   * processor has, four at most.
   */
  threads?: Threads
  /** The source tokens × beams that are in flight at once; one sentence is always let in. Default 2048. */
  batchTokens?: number
  /** Whether the model's files are kept in the browser's Cache Storage, and taken from there the next time. Default true. */
  cache?: boolean
  /**
   * Whether the model's table for the option `shortlist` of a translation, shortlist.safetensors, is fetched. Default: where config.json asks for
   * it; most models have none, and a page would ask for it in vain.
   */
  shortlist?: boolean
  /** Called while files are fetched. */
  progress?: (progress: LoadProgress) => void
  /** Aborting this signal stops the loading; the promise then rejects with ERR_ABORTED. */
  signal?: AbortSignal
  /** The address of the worker's file, web-worker.js, where it does not lie beside this code. */
  worker?: string | URL
  /** The address of the folder with glassformer.wasm and glassformer-relaxed.wasm, where it does not lie as in the package. */
  wasm?: string | URL
}

/** The backends that work in browsers. */
const webBackends = ['auto', 'wasm', 'js'] as const
export type WebBackend = (typeof webBackends)[number]

const listener: Type<(progress: LoadProgress) => void> = {
  expected: 'a function',
  accepts: (value): value is (progress: LoadProgress) => void => typeof value === 'function',
}

const address: Type<string | URL> = {
  expected: 'a URL',
  accepts: (value): value is string | URL => typeof value === 'string' || isUrl(value),
}

/** The settings of a translator in a browser. */
export const webSettings = {
  ...settings({
    backend: {
      type: oneOf(...webBackends),
      default: 'auto',
      says: 'the backend that runs the model: auto is wasm where it works, else js, which is several times slower',
    },
    cache: { type: flag, default: true, says: "keeps the model's files in the browser's Cache Storage" },
    shortlist: {
      type: flag,
      optional: true,
      otherwise: 'as config.json says',
      says: "whether the model's table for the option shortlist is fetched",
    },
    progress: { type: listener, optional: true, says: 'is called while files are fetched' },
    signal: { type: abortSignal, optional: true, says: 'stops the loading' },
    worker: {
      type: address,
      optional: true,
      otherwise: 'beside this code',
      says: "the address of the worker's file, web-worker.js",
    },
    wasm: {
      type: address,
      optional: true,
      otherwise: 'as in the package',
      says: 'the address of the folder with glassformer.wasm and glassformer-relaxed.wasm',
    },
    threads: {
      type: loadSettings.threads.type,
      default: 'auto',
      otherwise: "auto: the processor's, four at most",
      says: "threads of WebAssembly's kernels, in a page that is isolated from other origins; in others it is one",
    },
  }),
  ...some(loadSettings, 'precision', 'batchTokens'),
}

/** What the worker needs of the options. */
export interface ResolvedWebOptions
  extends Pick<Values<typeof webSettings>, 'backend' | 'precision' | 'batchTokens' | 'cache' | 'shortlist'> {
  /** The most threads of a play. */
  threads: number
  /** The addresses of WebAssembly's builds. */
  wasm: Readonly<Record<WasmIsa, string>>
}

/** @throws GlassformerError ERR_OPTION, naming the option and what it may be */
export function resolveWebOptions(options: LoadOptions): Values<typeof webSettings> {
  const values = read(webSettings, options, inOptions)
  return { ...values, batchTokens: Math.min(values.batchTokens, MOST_TOKENS) }
}
