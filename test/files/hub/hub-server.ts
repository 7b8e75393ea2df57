import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request that a server has had. */
export interface Asked {
  method: string
  path: string
  range: string | undefined
  authorization: string | undefined
}

type Answer = (request: IncomingMessage, response: ServerResponse, nth: number) => boolean | undefined

export const COMMIT = 'c0ffee0000000000000000000000000000000001'

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Listens on a port of its own. */
export async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export const ended = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

/** A hub of one model: weights lie with another host, as those of the real one, and everything may go wrong. */
export class HubServer {
  readonly asked: Asked[] = []
  /** The requests to another host. */
  readonly elsewhere: Asked[] = []
  readonly files: Record<string, Buffer>
  readonly name: string
  address = ''
  /** Answers a request in another way than a hub should; `nth` counts the requests of the same method and path from 0. Undefined: as it should. */
  wrong: Answer = () => undefined
  /** The same of the host of weights. */
  wrongElsewhere: Answer = () => undefined
  #servers: Server[] = []
  #counts = new Map<string, number>()
  #storage = ''

  constructor(files: Record<string, Buffer>, name = 'owner/model') {
    this.files = files
    this.name = name
  }

  readonly listener: RequestListener = (request, response) => {
    this.asked.push(askedOf(request))
    if (!this.wrong(request, response, this.#nth(request, 'hub'))) this.#answer(request, response)
  }

  async start(): Promise<this> {
    const hub = createServer(this.listener)
    const storage = createServer((request, response) => {
      this.elsewhere.push(askedOf(request))
      if (!this.wrongElsewhere(request, response, this.#nth(request, 'storage'))) this.#send(request, response)
    })
    this.#servers = [hub, storage]
    this.address = await listening(hub)
    this.#storage = await listening(storage)
    return this
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map(ended))
  }

  /** The files that were downloaded, of either host. */
  downloaded(): string[] {
    return [...this.asked, ...this.elsewhere]
      .filter(({ method, path }) => method === 'GET' && isLarge(path) === path.startsWith('/store/'))
      .map(({ path }) => path.split('/').at(-1)!)
  }

  #nth({ method, url }: IncomingMessage, host: string): number {
    const key = `${host} ${method} ${url}`
    const nth = this.#counts.get(key) ?? 0
    this.#counts.set(key, nth + 1)
    return nth
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const match = /^\/(.+?)\/resolve\/([^/]+)\/(.+)$/.exec(request.url!)
    if (match?.[1] !== this.name) return void response.writeHead(401, { 'x-error-code': 'RepoNotFound' }).end()
    const bytes = this.files[decodeURIComponent(match[3])]
    if (!['main', 'v1', COMMIT].includes(match[2]))
      return void response.writeHead(404, { 'x-error-code': 'RevisionNotFound' }).end()
    if (!bytes) return void response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end()
    const commit = { 'x-repo-commit': COMMIT }
    if (isLarge(match[3])) {
      const headers = { ...commit, 'x-linked-etag': `"${sha256(bytes)}"`, 'x-linked-size': bytes.length }
      return void response.writeHead(302, { ...headers, location: `${this.#storage}/store/${match[3]}` }).end()
    }
    for (const [name, value] of Object.entries(commit)) response.setHeader(name, value)
    this.#send(request, response)
  }

  #send(request: IncomingMessage, response: ServerResponse): void {
    const bytes = this.files[decodeURIComponent(request.url!.split('/').at(-1)!)]!
    response.setHeader('etag', `"${createHash('sha1').update(bytes).digest('hex')}"`)
    const first = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? -1)
    if (first >= bytes.length) return void response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end()
    const part = bytes.subarray(Math.max(0, first))
    if (first >= 0) response.setHeader('content-range', `bytes ${first}-${bytes.length - 1}/${bytes.length}`)
    response.writeHead(first >= 0 ? 206 : 200, { 'content-length': part.length })
    response.end(request.method === 'HEAD' ? undefined : part)
  }
}

const isLarge = (name: string) => /\.(safetensors|bin|spm)$/.test(name)

const askedOf = ({ method, url, headers }: IncomingMessage): Asked => ({
  method: method!,
  path: url!,
  range: headers.range,
  authorization: headers.authorization,
})
