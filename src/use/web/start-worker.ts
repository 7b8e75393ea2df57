import { GlassformerError, messageOf } from '../../base/errors.ts'
import { baseUrl, type FromWorker, type ToWorker } from './loading/messages.ts'

/** The part of a browser's Worker that is used here. */
export interface PageWorker {
  postMessage(message: ToWorker): void
  terminate(): void
  onmessage: ((event: { data: FromWorker }) => void) | null
  onerror: ((event: { message?: string; preventDefault(): void }) => void) | null
}

declare const Worker: (new (url: string | URL, options: { name: string }) => PageWorker) | undefined
declare const location: { origin: string }

/**
 * Starts the worker whose file lies at `address`. Browsers start no worker from another origin than the page's: in that
 * case a small worker imports the file.
 * @throws GlassformerError ERR_WORKER if there are no workers
 */
export function startWorker(address: () => string | URL): PageWorker {
  let from = ''
  try {
    if (typeof Worker === 'undefined')
      throw new Error('there are none here; in an isolate load with worker: false, and in Node.js import glassformer')
    const given = address()
    from = ` from ${given}`
    return new Worker(ofThisOrigin(new URL(given, baseUrl())), { name: 'glassformer' })
  } catch (cause) {
    throw new GlassformerError('ERR_WORKER', `a worker cannot be started${from}: ${messageOf(cause)}`, { cause })
  }
}

function ofThisOrigin(url: URL): string | URL {
  if (!/^https?:$/.test(url.protocol) || url.origin === location.origin) return url
  return URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(url.href)})`], { type: 'text/javascript' }))
}
