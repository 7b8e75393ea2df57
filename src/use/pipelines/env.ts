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
} = Object.seal({
  allowRemoteModels: true,
  allowLocalModels: true,
  localModelPath: null,
  cacheDir: null,
  remoteHost: null,
})
