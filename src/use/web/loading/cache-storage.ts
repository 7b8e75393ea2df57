import { sourceName } from '../../../files/hub/source-name.ts'
import { baseUrl } from './messages.ts'

/** The part of the Cache API that is used here. It is missing in pages without a secure origin. */
interface Storage {
  open(name: string): Promise<Kept>
}
export interface Kept {
  match(url: string): Promise<Response | undefined>
  put(url: string, response: Response): Promise<void>
  delete(url: string): Promise<boolean>
  keys(): Promise<readonly Request[]>
}
declare const caches: Storage | undefined

/** The name of our cache among those of a page's origin. */
const CACHE = 'glassformer'

/** The files cached by pages of this origin. Rejects if the browser caches none. */
export async function openCache(): Promise<Kept> {
  if (typeof caches === 'undefined') throw new Error('Cache Storage is only for pages from https: or localhost')
  return caches.open(CACHE)
}

/** The place of a model with a name among the cached files, which no server has. */
export const keyOfName = (name: string): URL => new URL(`${name}/`, 'https://glassformer.invalid/')

/** Removes the files of a model from the browser's cache, by the URL of its folder or its name, or, without one, the files of all models. */
export async function clearCache(folder?: string | URL): Promise<void> {
  if (typeof caches === 'undefined') return
  const cache = await openCache()
  const prefix = folder === undefined ? '' : prefixOf(folder)
  for (const { url } of await cache.keys()) if (url.startsWith(prefix)) await cache.delete(url)
}

function prefixOf(folder: string | URL): string {
  if (sourceName(String(folder))) return keyOfName(String(folder)).href
  return new URL(folder, baseUrl()).href.replace(/[?#].*$/, '').replace(/\/?$/, '/')
}
