import { GlassformerError, messageOf } from '../errors.ts'
import { baseUrl } from './base-url.ts'
import type { FromWorker, ToWorker } from './messages.ts'

/** A worker of a browser, as far as it is used here. */
export interface PageWorker {
  postMessage(message: ToWorker): void
  terminate(): void
  onmessage: ((event: { data: FromWorker }) => void) | null
  onerror: ((event: { message?: string; preventDefault(): void }) => void) | null
}

declare const Worker: (new (url: string | URL, options: { type: 'module'; name: string }) => PageWorker) | undefined
declare const location: { origin: string }

/**
 * Starts the worker whose file lies at `address`, by default beside this code. A browser starts no worker from another origin than the
 * page's: there it is a small one that imports the file. @throws GlassformerError ERR_WORKER where there are no workers
 */
export function startWorker(address: string | URL | undefined): PageWorker {
  const url = address ?? new URL('./worker.js', import.meta.url)
  try {
    if (typeof Worker === 'undefined') throw new Error('there are no workers here; glassformer is for Node.js')
    return new Worker(ofThisOrigin(new URL(url, baseUrl())), { type: 'module', name: 'glassformer' })
  } catch (cause) {
    throw new GlassformerError('ERR_WORKER', `a worker cannot be started from ${url}: ${messageOf(cause)}`, { cause })
  }
}

function ofThisOrigin(url: URL): string | URL {
  if (!/^https?:$/.test(url.protocol) || url.origin === location.origin) return url
  return URL.createObjectURL(new Blob([`import ${JSON.stringify(url.href)}`], { type: 'text/javascript' }))
}
