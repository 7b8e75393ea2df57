import { packageVersion } from '../../base/package/package-folder.ts'

const backends = Object.freeze({ onnx: { wasm: {} } })

/** Sources of models, as in the `env` of transformers.js; other names cannot be set. */
export const env: {
  /** Whether models may be downloaded. Default true; HF_HUB_OFFLINE forbids it too. */
  allowRemoteModels: boolean
  /** Whether names may be folders on this machine. Default true. */
  allowLocalModels: boolean
  /** A folder that holds models by their names. Default none: names are paths. */
  localModelPath: string | null
  /** The folder of the cache. Default: the value of HF_HUB_CACHE or HF_HOME. */
  cacheDir: string | null
  /** The address of the hub. Default: the value of HF_ENDPOINT, else https://huggingface.co. */
  remoteHost: string | null
  /** The version of this package. */
  readonly version: string
  /** Ignored, because there is no browser cache in Node.js. */
  useBrowserCache: boolean
  /**
   * Settings of the ONNX runtime, which is not used. `onnx.wasm.numThreads` is the default of the option `threads`;
   * others have no effect.
   */
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
