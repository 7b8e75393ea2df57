import { GlassformerError, messageOf } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import { type Kept, openCache } from './cache-storage.ts'
import type { LoadProgress } from './load-options.ts'
import type { CacheState } from './messages.ts'
import { collected } from './registry-file.ts'
import { type StoredFile, stored } from './stored-file.ts'

/** Formats of weights that are not supported; files that long are not fetched only to report it. */
const FOREIGN = /\.(h5|msgpack)$/

/** The files of one model on a server, some of which have been fetched before. */
export class FetchedFiles {
  /** The known files: a file, or the reason why there is none. */
  readonly files = new Map<string, StoredFile | { missing: string }>()
  /** Files in the cache when loading began. */
  fromCache = false
  readonly #folder: URL
  readonly #progress: (progress: LoadProgress) => void
  #cache: Kept | null = null
  #state: CacheState

  constructor(folder: string, progress: (progress: LoadProgress) => void) {
    this.#folder = new URL(folder)
    if (!this.#folder.pathname.endsWith('/')) this.#folder.pathname += '/'
    this.#progress = progress
    this.#state = { kept: false }
  }

  get state(): CacheState {
    return this.#state
  }

  /** From here on files are cached, as far as the browser allows. */
  async keep(): Promise<void> {
    try {
      this.#cache = await openCache()
      this.#state = { kept: true }
    } catch (error) {
      this.#notKept(error)
    }
  }

  /** The address of a file. A query string in the folder's address is kept. */
  urlOf(file: string): string {
    const url = new URL(file, this.#folder)
    url.search = this.#folder.search
    return url.href
  }

  /**
   * Fetches a file, or finds that the server has none.
   * @throws GlassformerError ERR_NETWORK
   */
  async bring(file: string): Promise<void> {
    if (FOREIGN.test(file)) this.files.set(file, { missing: 'weights in this form are not fetched' })
    else {
      const found = (await this.#kept(file)) ?? (await this.#fetched(file))
      this.files.set(file, 'missing' in found ? found : await stored(found))
    }
  }

  /** Records that a file does not exist, without asking for it. */
  leave(file: string, missing: string): void {
    if (!this.files.has(file)) this.files.set(file, { missing })
  }

  /** Drops all files of this model, here and in the cache. */
  async forget(): Promise<void> {
    for (const file of this.files.keys()) await this.#cache?.delete(this.urlOf(file)).catch(() => false)
    this.files.clear()
    this.fromCache = false
  }

  async #kept(file: string): Promise<Blob | { missing: string } | null> {
    try {
      const response = await this.#cache?.match(this.urlOf(file))
      if (!response) return null
      this.fromCache = true
      if (response.status === 404) return { missing: await response.text() }
      const blob = await response.blob()
      this.#progress({ file, loaded: blob.size, total: blob.size, cached: true })
      return blob
    } catch (error) {
      this.#notKept(error)
      return null
    }
  }

  async #fetched(file: string): Promise<Blob | { missing: string }> {
    const url = this.urlOf(file)
    let response: Response
    try {
      response = await fetch(url)
    } catch (cause) {
      throw new GlassformerError(
        'ERR_NETWORK',
        `cannot fetch ${url}: ${messageOf(cause)}; check that the server can be reached and, where it is another than the page's, that it allows this page (Access-Control-Allow-Origin)`,
        { cause },
      )
    }
    if (response.status === 404 || response.status === 410) return this.#missing(url, MISSING)
    if (!response.ok)
      throw new GlassformerError(
        'ERR_NETWORK',
        `cannot fetch ${url}: the server answers ${response.status} ${response.statusText}`.trimEnd(),
      )
    // Servers of single-page applications answer with their page if a file does not exist.
    if (/^text\/html\b/.test(response.headers.get('content-type') ?? '')) {
      await response.body?.cancel()
      return this.#missing(url, 'the server answers with a web page in place of the file: check the address')
    }
    const blob = await this.#body(file, response)
    await this.#put(url, new Response(blob, { headers: { 'content-type': 'application/octet-stream' } }))
    return blob
  }

  /** The absence of a file is cached too: optional files are not asked for each time. */
  async #missing(url: string, missing: string): Promise<{ missing: string }> {
    await this.#put(url, new Response(missing, { status: 404 }))
    return { missing }
  }

  async #body(file: string, response: Response): Promise<Blob> {
    const url = this.urlOf(file)
    // Content-Length is the length of a compressed body, if the body is compressed.
    const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length')
    const total = length === null ? null : Number(length)
    const report = (loaded: number) => this.#progress({ file, loaded, total, cached: false })
    report(0)
    return present(await collected(present(response.body), Infinity, url, report))
  }

  async #put(url: string, response: Response): Promise<void> {
    try {
      await this.#cache?.put(url, response)
    } catch (error) {
      this.#notKept(error)
    }
  }

  /** The model is loaded all the same, but no further files are cached. */
  #notKept(error: unknown): void {
    this.#cache = null
    this.#state = { kept: false, reason: messageOf(error) }
  }
}

const MISSING = 'there is no such file on the server (404): check the address'
