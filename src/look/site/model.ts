import { type WasmIsa, wasmFiles } from '../../engine/backend/wasm/builds.ts'
import { type LiveModel, loadLive, type ModelCode } from '../page/state/live-model.ts'
import type { PageData } from '../page/state/page-data.ts'
import { element } from './header.ts'
import { unpackedFiles } from './model-pack.ts'

/** A model's files, and whether the browser keeps them for the next visit. */
interface ModelFiles {
  files: File[]
  kept: boolean
}

/** Name of the cache. It holds the pack of the newest site alone. */
const CACHE = 'glassformer-site'

/** An address in the site, relative to the page, so that the site works at any path. */
export const beside = (path: string): string =>
  new URL(`${document.documentElement.dataset.up}${path}`, document.baseURI).href

/** The code that runs models, as the site has it. */
export const siteCode: ModelCode & { wasm: Record<WasmIsa, string> } = {
  worker: () => beside('web-worker.js'),
  wasm: { simd128: beside(`wasm/${wasmFiles.simd128}`), relaxedsimd: beside(`wasm/${wasmFiles.relaxedsimd}`) },
}

/**
 * Fetches the site's French-English model, or finds it in the browser's cache, and tells of it in the page's elements
 * `state` and `progress`.
 * @throws Error where the host does not have it
 */
export async function fetchModel(): Promise<ModelFiles> {
  const { model = '', bytes = '' } = document.documentElement.dataset
  const url = beside(model)
  const cache = await openCache()
  const found = await cache?.match(url)
  const packed = found ? await found.blob() : await fetched(url, Number(bytes))
  const kept = found !== undefined || (await keep(cache, url, packed))
  const unzipped = packed.stream().pipeThrough(new DecompressionStream('gzip'))
  return { files: unpackedFiles(await new Response(unzipped).arrayBuffer()), kept }
}

/** The site's model for pages that look into it. The page says why where it cannot be loaded, and gets null. */
export async function liveModel(): Promise<LiveModel | null> {
  try {
    const { files } = await fetchModel()
    return await loadLive(files, siteCode, () => {})
  } catch (error) {
    element('progress').hidden = true
    element('state').textContent = (error as Error).message
    return null
  }
}

/** What the inspector's page is given for a model that runs in it; `start` is the view where the address has none. */
export const dataOf = ({ name }: LiveModel, start: string): PageData => ({
  models: [name],
  steps: null,
  source: 'Le chat de la voisine dort devant la fenêtre.',
  start,
  exported: [],
})

async function fetched(url: string, total: number): Promise<Blob> {
  const response = await fetch(url)
  if (!response.ok || !response.body)
    throw new Error(`The host answers ${response.status} for ${url}: reload the page, or serve the whole folder.`)
  const parts: Uint8Array<ArrayBuffer>[] = []
  const reader = response.body.getReader()
  let loaded = 0
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value)
    loaded += part.value.length
    element<HTMLProgressElement>('progress').value = loaded / total
    element('state').textContent = `Loading the model: ${megabytes(loaded)} of ${megabytes(total)}`
  }
  return new Blob(parts)
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

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
