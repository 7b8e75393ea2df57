import { inOptions } from '../../../base/schema/place.ts'
import { type Given, read, settings, some, type Values } from '../../../base/schema/settings.ts'
import { abortSignal, flag, oneOf, type Type } from '../../../base/schema/types.ts'
import { isUrl, isWasmModule } from '../../../base/values/value-class.ts'
import type { WasmModule } from '../../../engine/backend/interface/web-assembly.ts'
import type { WasmIsa } from '../../../engine/backend/wasm/builds.ts'
import { loadSettings, MOST_TOKENS } from '../../translate/options/options.ts'

/** Progress of loading a model. */
export interface LoadProgress {
  /** The name of the file that is being fetched. */
  file: string
  /** The number of bytes received. */
  loaded: number
  /** The number of all bytes; null if the server does not send it. */
  total: number | null
  /** Whether the file came from the browser's cache. */
  cached: boolean
}

/** Options of a translator in a browser. */
export interface LoadOptions extends Given<typeof webSettings> {}

/** The backends that work in browsers. */
const webBackends = ['auto', 'wasm', 'js'] as const
/** What runs a model in a browser: `auto` is WebAssembly where it can be, else JavaScript. */
export type WebBackend = (typeof webBackends)[number]

const listener: Type<(progress: LoadProgress) => void> = {
  expected: 'a function',
  accepts: (value): value is (progress: LoadProgress) => void => typeof value === 'function',
}

const address: Type<string | URL> = {
  expected: 'a URL',
  accepts: (value): value is string | URL => typeof value === 'string' || isUrl(value),
}

const addressOrFalse: Type<string | URL | false> = {
  expected: 'a URL or false',
  accepts: (value): value is string | URL | false => value === false || address.accepts(value),
}

const addressOrModule: Type<string | URL | WasmModule> = {
  expected: 'a URL or a WebAssembly.Module',
  accepts: (value): value is string | URL | WasmModule => isWasmModule(value) || address.accepts(value),
}

/** The addresses that are asked instead of registries and the hub. */
export type Mirrors = Partial<Record<(typeof mirrorNames)[number], string>>
const mirrorNames = ['firefox', 'firefoxFiles', 'argos', 'argosFiles', 'hub'] as const

const mirrors: Type<Mirrors> = {
  expected: `an object with addresses (https: or http:) under some of the names ${mirrorNames.join(', ')}`,
  accepts: (value): value is Mirrors =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).every(
      ([name, url]) => mirrorNames.some((known) => known === name) && /^https?:\/\//i.test(url) && URL.canParse(url),
    ),
}

/** The schema of the settings of a translator in a browser. */
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
    download: {
      type: flag,
      default: false,
      says: 'downloads a model that has a name, such as firefox/fr-en, where the browser has not kept it',
    },
    mirrors: {
      type: mirrors,
      optional: true,
      otherwise: 'the registries themselves',
      says: 'the addresses that are asked instead of the registries: of the lists firefox and argos, of their files firefoxFiles and argosFiles, and of the hub',
    },
    progress: { type: listener, optional: true, says: 'is called while files are fetched' },
    signal: { type: abortSignal, optional: true, says: 'stops the loading' },
    worker: {
      type: addressOrFalse,
      optional: true,
      otherwise: 'beside this code',
      says: "the address of the worker's file, web-worker.js; false runs the model on the calling thread, for places that have no workers",
    },
    wasm: {
      type: addressOrModule,
      optional: true,
      otherwise: 'as in the package',
      says: 'the address of the folder with glassformer.wasm and glassformer-relaxed.wasm; or one of them as a module, for places where no code may be compiled',
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

/** The options that are sent to the worker. */
export interface ResolvedWebOptions
  extends Pick<
    Values<typeof webSettings>,
    'backend' | 'precision' | 'batchTokens' | 'cache' | 'shortlist' | 'download' | 'mirrors'
  > {
  /** The address of the weights that detect speech, for a worker that hears. */
  detector?: string
  /** The largest number of threads. */
  threads: number
  /** The addresses of the WebAssembly builds, or the module of one. */
  wasm: { at: Readonly<Record<WasmIsa, string>> } | { module: WasmModule }
}

/** @throws GlassformerError ERR_OPTION, naming the option and its allowed values */
export function resolveWebOptions(options: LoadOptions): Values<typeof webSettings> {
  const values = read(webSettings, options, inOptions)
  return { ...values, batchTokens: Math.min(values.batchTokens, MOST_TOKENS) }
}
