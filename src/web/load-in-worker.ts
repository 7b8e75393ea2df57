import type { BackendInfo } from '../backend/backend.ts'
import { GlassformerError, shown } from '../errors.ts'
import { fromPlain } from '../translate/messages.ts'
import type { ModelInfo } from '../translate/model-info.ts'
import { onAbort } from '../translate/on-abort.ts'
import { aborted } from '../translate/request.ts'
import { baseUrl } from './base-url.ts'
import { type LoadOptions, resolveWebOptions } from './load-options.ts'
import type { CacheState, ModelPlace } from './messages.ts'
import { type PickedFile, pickedModel } from './picked-files.ts'
import { type PageWorker, startWorker } from './start-worker.ts'

/** A worker that has loaded a model. */
export interface Loaded {
  worker: PageWorker
  info: BackendInfo
  model: ModelInfo
  cache: CacheState
}

/** @throws GlassformerError as `Translator.load` */
export async function loadInWorker(model: string | URL | Iterable<PickedFile>, options: LoadOptions): Promise<Loaded> {
  const { signal, progress, worker: address, ...resolved } = resolveWebOptions(options)
  const place = placeOf(model)
  if (signal?.aborted) throw aborted(signal)
  const worker = startWorker(address)
  let leave = () => {}
  try {
    return await new Promise<Loaded>((resolve, reject) => {
      if (signal) leave = onAbort(signal, () => reject(aborted(signal)))
      worker.onmessage = ({ data }) => {
        if (data.type === 'progress') progress?.(data.progress)
        else if (data.type === 'notLoaded') reject(fromPlain(data.error))
        else if (data.type === 'loaded') resolve({ worker, ...data })
      }
      worker.onerror = (event) => {
        event.preventDefault()
        // Where the file itself cannot be fetched or run, browsers do not say why.
        const why = event.message ?? 'its file cannot be loaded; the option worker says where web-worker.js is'
        reject(new GlassformerError('ERR_WORKER', `the worker could not start: ${why}`))
      }
      worker.postMessage({ type: 'load', model: place, options: resolved })
    })
  } catch (error) {
    worker.terminate()
    throw error
  } finally {
    leave()
  }
}

/** @throws GlassformerError ERR_OPTION, ERR_FILE */
function placeOf(model: string | URL | Iterable<PickedFile>): ModelPlace {
  if (typeof model === 'string' || model instanceof URL) {
    try {
      const url = new URL(model, baseUrl())
      if (/^https?:$/.test(url.protocol)) return { url: url.href }
    } catch {
      // It is no URL.
    }
    throw new GlassformerError(
      'ERR_OPTION',
      `the model must be the URL (http or https) of a model's folder, or its files, not ${shown(String(model))}`,
    )
  }
  if (typeof model === 'object' && model !== null && Symbol.iterator in model) return pickedModel(model)
  throw new GlassformerError(
    'ERR_OPTION',
    `the model must be the URL of a model's folder, or its files, not ${shown(model)}`,
  )
}
