import { GlassformerError } from '../../base/errors.ts'
import type { BackendInfo } from '../../engine/backend/interface/backend.ts'
import { aborted, fromPlain, onAbort } from '../translate/for-pages.ts'
import type { LoadOptions, ResolvedWebOptions } from './loading/load-options.ts'
import type { CacheState, ModelPlace } from './loading/messages.ts'
import type { PageWorker } from './start-worker.ts'

/** A worker that has loaded a model, and its description. */
export interface Loaded<Model> {
  worker: PageWorker
  info: BackendInfo
  model: Model
  cache: CacheState
}

/** Start data of a worker. */
export interface LoadCall extends ResolvedWebOptions, Pick<LoadOptions, 'signal' | 'progress'> {
  /** Starts the worker. */
  start: () => PageWorker | Promise<PageWorker>
}

/** @throws GlassformerError as `Translator.load` */
export async function loadInWorker<Model>(
  place: ModelPlace,
  { signal, progress, start, ...options }: LoadCall,
): Promise<Loaded<Model>> {
  if (signal?.aborted) throw aborted(signal)
  const worker = await start()
  let leave = () => {}
  try {
    return await new Promise<Loaded<Model>>((resolve, reject) => {
      if (signal) leave = onAbort(signal, () => reject(aborted(signal)))
      worker.onmessage = ({ data }) => {
        if (data.type === 'progress') progress?.(data.progress)
        else if (data.type === 'notLoaded') reject(fromPlain(data.error))
        else if (data.type === 'loaded') resolve({ worker, ...data, model: data.model as Model })
      }
      worker.onerror = (event) => {
        event.preventDefault()
        // If the file itself cannot be fetched or run, browsers do not report the reason.
        const why =
          event.message ??
          'its file cannot be loaded; the option worker says where web-worker.js (of encoders web-encoder-worker.js, of speech web-speech-worker.js) is'
        reject(new GlassformerError('ERR_WORKER', `the worker could not start: ${why}`))
      }
      worker.postMessage({ type: 'load', model: place, options })
    })
  } catch (error) {
    worker.terminate()
    throw error
  } finally {
    leave()
  }
}
