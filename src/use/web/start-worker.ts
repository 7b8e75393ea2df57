import { GlassformerError, messageOf } from '../../base/errors.ts'
import { baseUrl } from './base-url.ts'
import type { FromWorker, ToWorker } from './messages.ts'

/** A worker of a browser, as far as it is used here. */
export interface PageWorker {
  postMessage(message: ToWorker): void
  terminate(): void
  onmessage: ((event: { data: FromWorker }) => void) | null
  onerror: ((event: { message?: string; preventDefault(): void }) => void) | null
}

declare const Worker: (new (url: string | URL, options: { name: string }) => PageWorker) | undefined
declare const location: { origin: string }

/**
 * Starts the worker whose file lies at `address`. A browser starts no worker from another origin than the
 * page's: there it is a small one that takes in the file. @throws GlassformerError ERR_WORKER where there are no workers
 */
export function startWorker(address: string | URL): PageWorker {
  try {
    if (typeof Worker === 'undefined') throw new Error('there are no workers here; glassformer is for Node.js')
    return new Worker(ofThisOrigin(new URL(address, baseUrl())), { name: 'glassformer' })
  } catch (cause) {
    throw new GlassformerError('ERR_WORKER', `a worker cannot be started from ${address}: ${messageOf(cause)}`, {
      cause,
    })
  }
}

function ofThisOrigin(url: URL): string | URL {
  if (!/^https?:$/.test(url.protocol) || url.origin === location.origin) return url
  return URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(url.href)})`], { type: 'text/javascript' }))
}
