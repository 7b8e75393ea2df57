import { unpackedFiles } from './model-pack.ts'

/** A model's files, and whether the browser keeps them for the next visit. */
export interface SiteModel {
  files: File[]
  kept: boolean
}

/** Name of the cache. It holds the pack of the newest site alone. */
const CACHE = 'glassformer-site'

/** An address beside the page, so that the site works at any path. */
export const beside = (path: string): string => new URL(path, document.baseURI).href

/**
 * Fetches the site's French-English model, or finds it in the browser's cache. `progress` receives bytes so far and
 * bytes altogether.
 * @throws Error where the host does not have it
 */
export async function fetchModel(progress: (loaded: number, total: number) => void): Promise<SiteModel> {
  const { model = '', bytes = '' } = document.documentElement.dataset
  const url = beside(model)
  const cache = await openCache()
  const found = await cache?.match(url)
  const packed = found ? await found.blob() : await fetched(url, Number(bytes), progress)
  const kept = found !== undefined || (await keep(cache, url, packed))
  const unzipped = packed.stream().pipeThrough(new DecompressionStream('gzip'))
  return { files: unpackedFiles(await new Response(unzipped).arrayBuffer()), kept }
}

async function fetched(url: string, total: number, progress: (loaded: number, total: number) => void): Promise<Blob> {
  const response = await fetch(url)
  if (!response.ok || !response.body)
    throw new Error(`The host answers ${response.status} for ${url}: reload the page, or serve the whole folder.`)
  const parts: Uint8Array<ArrayBuffer>[] = []
  const reader = response.body.getReader()
  let loaded = 0
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value)
    loaded += part.value.length
    progress(loaded, total)
  }
  return new Blob(parts)
}

/** The cache, or null where a page has none: in private windows of some browsers, and without https. */
const openCache = (): Promise<Cache | null> =>
  typeof caches === 'undefined' ? Promise.resolve(null) : caches.open(CACHE).catch(() => null)

/** Keeps a pack in place of older ones. Returns false where the browser has no room for it. */
async function keep(cache: Cache | null, url: string, packed: Blob): Promise<boolean> {
  if (!cache) return false
  try {
    for (const older of await cache.keys()) await cache.delete(older)
    await cache.put(url, new Response(packed))
    return true
  } catch {
    return false
  }
}
