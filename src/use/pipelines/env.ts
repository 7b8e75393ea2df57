import { packageVersion } from '../../base/package-version.ts'

const backends = Object.freeze({ onnx: { wasm: {} } })

/** Where models come from, as the `env` of transformers.js; other names cannot be set. */
export const env: {
  /** Whether models may be downloaded. Default true; HF_HUB_OFFLINE forbids it too. */
  allowRemoteModels: boolean
  /** Whether names may be folders on this machine. Default true. */
  allowLocalModels: boolean
  /** A folder in which models are looked for by their names. Default none: names are paths. */
  localModelPath: string | null
  /** The folder of the cache. Default: what HF_HUB_CACHE or HF_HOME say. */
  cacheDir: string | null
  /** The address of the hub. Default: what HF_ENDPOINT says, else https://huggingface.co. */
  remoteHost: string | null
  /** The version of this package. */
  readonly version: string
  /** There is no cache of a browser: either value gives the same. */
  useBrowserCache: boolean
  /** Settings of ONNX's runtime, which is not here. `onnx.wasm.numThreads` is the default of the option `threads`; others do nothing. */
  readonly backends: {
    readonly onnx: { wasm: { numThreads?: number; [setting: string]: unknown }; [setting: string]: unknown }
  }
} = Object.seal({
  allowRemoteModels: true,
  allowLocalModels: true,
  localModelPath: null,
  cacheDir: null,
  remoteHost: null,
  useBrowserCache: false,
  get version() {
    return packageVersion()
  },
  get backends() {
    return backends
  },
})
