import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { GlassformerError } from '../../base/errors.ts'
import { inOptions } from '../../base/schema/place.ts'
import { type Given, read, settings, some } from '../../base/schema/settings.ts'
import { abortSignal, flag, type Type, text } from '../../base/schema/types.ts'
import { embeddedFolder, modelFolder } from '../../files/folders/layout/model-folder.ts'
import { cachedModel } from '../../files/hub/cache.ts'
import { checkModelName, checkRevision, isModelName } from '../../files/hub/model-name.ts'
import type { PullProgress } from '../../files/hub/progress.ts'
import { pull } from '../../files/registry/lazy-pull.ts'
import { readJsonObject } from '../../formats/disk/read-json.ts'
import { isJsonObject } from '../../formats/json/json-text.ts'
import { type LoadOptions, loadSettings } from '../translate/options/options.ts'
import { env } from './env.ts'

/** Events that progress_callback receives: progress of each file, and at the end that the model is ready. */
export type ProgressInfo = PullProgress | { status: 'ready'; task: string; model: string }

/** Options of finding and loading a model: the options of transformers.js that apply here, and a few of our own. */
export interface PretrainedOptions extends OrNull<Given<typeof pretrainedSettings>> {}
type OrNull<T> = { [K in keyof T]: T[K] | null }

const precisionOf: Readonly<Record<string, NonNullable<LoadOptions['precision']>>> = {
  ...({ auto: 'auto', fp32: 'float32', fp16: 'bfloat16', bf16: 'bfloat16' } as const),
  ...({ q8: 'int8', int8: 'int8', uint8: 'int8' } as const),
  ...({ q4: 'int4', q4f16: 'int4', int4: 'int4' } as const),
}
type Dtype = 'auto' | 'fp32' | 'fp16' | 'bf16' | 'q8' | 'int8' | 'uint8' | 'q4' | 'q4f16' | 'int4'
type Device = 'cpu' | 'auto' | 'wasm'
const devices = ['cpu', 'auto', 'wasm']
const byPrecision = ['float32', 'bfloat16', 'int8', 'int4', 'auto'] as const

/** One value for the whole model, or one for each ONNX file. */
const byFile = <T extends string>(): Type<T | Readonly<Record<string, T>>> => ({
  expected: 'a text, or an object of texts by file',
  accepts: (value): value is T =>
    (isJsonObject(value) ? Object.values(value) : [value]).every((each) => typeof each === 'string'),
})

const callback: Type<(info: ProgressInfo) => void> = {
  expected: 'a function',
  accepts: (value): value is (info: ProgressInfo) => void => typeof value === 'function',
}

const anObject: Type<object> = {
  expected: 'an object',
  accepts: (value): value is object => typeof value === 'object' && value !== null,
}

/** The settings of finding and loading a model by the names of transformers.js. */
export const pretrainedSettings = settings({
  dtype: {
    type: byFile<Dtype>(),
    default: 'auto',
    otherwise: 'auto: as they are stored',
    says: "format of the weights: 'fp32', 'q8' or 'int8' (a quarter), 'q4' (four bits for most matrices), 'fp16' or 'bf16' (half: bfloat16), 'auto'; if it is given for each ONNX file, the most precise format is used for the whole model",
  },
  device: {
    type: byFile<Device>(),
    default: 'auto',
    says: "'cpu', 'auto' or 'wasm', for all ONNX files or for each; all of these are the CPU",
  },
  progress_callback: {
    type: callback,
    optional: true,
    says: 'called with the progress of each downloaded file, and at the end',
  },
  config: {
    type: anObject,
    optional: true,
    says: "the model's own configuration, as AutoConfig returns it; another one is refused",
  },
  revision: { type: text, default: 'main', says: 'a branch, a tag or a commit' },
  cache_dir: { type: text, optional: true, otherwise: '`env.cacheDir`', says: 'the folder of the cache' },
  local_files_only: { type: flag, default: false, says: 'downloads nothing' },
  signal: { type: abortSignal, optional: true, says: 'stops the download' },
  ...some(loadSettings, 'backend', 'threads', 'workers'),
})

/** Options of transformers.js for files of ONNX, and for ONNX's runtime: these change no result, and are accepted. */
const withoutEffect = ['use_external_data_format', 'session_options']

/** Other options of transformers.js, and whether a value of theirs means what is done here anyway. */
const foreign: Readonly<Record<string, (value: unknown) => boolean>> = {
  subfolder: (value) => value === '' || value === 'onnx',
  model_file_name: () => false,
}

/** A model's folder, and the options with which it is loaded. */
export interface Pretrained {
  folder: string
  load: LoadOptions
  tell: (info: ProgressInfo) => void
}

/**
 * Finds a model by its path or name: on this machine, in the cache, or by download; `weights: false` downloads its other files only.
 * @throws GlassformerError ERR_UNSUPPORTED for an option of transformers.js that is not supported; the errors of `pull`
 */
export async function pretrained(
  model: string,
  given: PretrainedOptions = {},
  { weights = true }: { weights?: boolean } = {},
): Promise<Pretrained> {
  const entries = Object.entries(given ?? {}).filter(([, value]) => value !== null && value !== undefined)
  for (const [name, value] of entries)
    if (Object.hasOwn(foreign, name) && !foreign[name](value)) throw notFollowed(name)
  const set = Object.fromEntries(
    entries.filter(([name]) => !withoutEffect.includes(name) && !Object.hasOwn(foreign, name)),
  )
  const { config, dtype, device, progress_callback, revision, cache_dir, local_files_only, signal, ...load } = read(
    pretrainedSettings,
    set,
    inOptions,
  )
  const precision = precisionFor(dtype)
  for (const each of valuesOf(device))
    if (!devices.includes(each)) throw notFollowed(`device '${each}'`, `give one of ${devices.join(', ')}`)
  checkRevision(revision)
  const cache = cache_dir ?? env.cacheDir ?? undefined
  const isRemote = env.allowRemoteModels && !local_files_only
  const folder =
    localFolder(model) ??
    cachedModel(model, { cache, revision, weights }) ??
    (isRemote
      ? await pull(model, {
          revision,
          weights,
          signal,
          progress: progress_callback,
          ...(cache !== undefined && { cache }),
          ...(env.remoteHost !== null && { endpoint: env.remoteHost }),
        })
      : missing(model, revision))
  if (config !== undefined && !isDeepStrictEqual({ ...config }, { ...readJsonObject(join(folder, 'config.json')) }))
    throw notFollowed('config', "change the folder's config.json, or leave it out")
  const { numThreads } = env.backends.onnx.wasm
  return {
    folder,
    load: { ...load, ...(numThreads !== undefined && set.threads === undefined && { threads: numThreads }), precision },
    tell: (info) => progress_callback?.(info),
  }
}

const valuesOf = (either: string | Readonly<Record<string, string>>): string[] =>
  typeof either === 'string' ? [either] : Object.values(either)

/** The precision of the whole model: the most precise of those given for ONNX files. */
function precisionFor(dtype: string | Readonly<Record<string, string>>): NonNullable<LoadOptions['precision']> {
  const precisions = valuesOf(dtype).map((each) => {
    if (Object.hasOwn(precisionOf, each)) return precisionOf[each]
    throw notFollowed(`dtype '${each}'`, `give one of ${Object.keys(precisionOf).join(', ')}`)
  })
  return byPrecision.find((each) => precisions.includes(each)) ?? 'auto'
}

const notFollowed = (what: string, advice = 'leave it out') =>
  new GlassformerError('ERR_UNSUPPORTED', `option ${what} of transformers.js is not followed here: ${advice}`)

/** The local folder with this name or path; null if there is none. */
function localFolder(model: string): string | null {
  if (!env.allowLocalModels) return null
  const within = env.localModelPath === null ? null : join(env.localModelPath, String(model))
  if (within !== null && existsSync(within)) return within
  const path = modelFolder(model)
  // A path that is no valid name is treated as a folder; reading it reports that it is missing.
  return existsSync(path) && (existsSync(model) || path === embeddedFolder()) ? path : isModelName(model) ? null : path
}

function missing(model: string, revision: string): never {
  checkModelName(model)
  throw new GlassformerError(
    'ERR_FILE',
    `${model} at '${revision}' is neither a folder nor in the cache, and may not be downloaded: run npx glassformer pull ${model}`,
  )
}
