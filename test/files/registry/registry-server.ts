import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { marianFolder, weightsOf } from '../folders/marian/small-model.ts'
import { ended, listening } from '../hub/hub-server.ts'

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

// biome-ignore lint/suspicious/noExplicitAny: tests spoil any part of a registry
type Spoiled = any

/** A registry of Firefox's form with small models, on localhost, and a cache of its own. */
export class RegistryServer {
  readonly asked: string[] = []
  readonly folder = mkdtempSync(join(tmpdir(), 'glassformer-registry-'))
  readonly files: Record<string, Buffer> = {}
  registry: Spoiled = { generated: '2026-09-30T00:44:58Z', baseUrl: '', models: {} }
  address = ''
  /** Answers in another way than a registry should; true: it has answered. */
  wrong: (request: IncomingMessage, response: ServerResponse) => boolean = () => false
  #server: Server | null = null

  async start(): Promise<this> {
    this.#server = createServer((request, response) => {
      this.asked.push(request.url!)
      if (this.wrong(request, response)) return
      const isRegistry = request.url === '/db/models.json'
      const body = isRegistry ? Buffer.from(JSON.stringify(this.registry)) : this.files[request.url!.slice(1)]
      if (!body) return void response.writeHead(404).end()
      const etag = `"${hashOf(body).slice(0, 16)}"`
      if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end()
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
      const headers = { etag, 'content-length': body.length - from }
      const range = { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` }
      response.writeHead(from ? 206 : 200, from ? { ...headers, ...range } : headers).end(body.subarray(from))
    })
    this.address = await listening(this.#server)
    this.registry.baseUrl = this.address
    for (const [pair, architecture, comet22] of [
      ['fr-en', 'tiny', 0.8719],
      ['fr-en', 'base-memory', 0.886],
      ['en-de', 'tiny', 0.86],
    ] as const)
      this.add(pair, architecture, comet22)
    return this
  }

  /** Adds a small model of random weights. */
  add(pair: string, architecture: string, comet22: number): void {
    const name = pair.replace('-', '')
    const seed = comet22 * 1000
    const folder = marianFolder(join(this.folder, 'made', architecture, pair), {
      items: weightsOf(seed),
      settings: null,
    })
    this.addFiles(pair, architecture, comet22, {
      model: [join(folder, 'model.bin'), `model.${name}.intgemm.alphas.bin`],
      vocab: [join(folder, 'vocab.spm'), `vocab.${name}.spm`],
      lexicalShortlist: [join(folder, 'lex.bin'), `lex.50.50.${name}.s2t.bin`],
    })
  }

  /** Adds a model by the paths of its files, and their names in the registry, by default their own. */
  addFiles(
    pair: string,
    architecture: string,
    comet22: number,
    files: Record<string, string | [path: string, name: string]>,
  ): void {
    const entryOf = (given: string | [string, string]) => {
      const [made, called] = typeof given === 'string' ? [given, basename(given)] : given
      const bytes = readFileSync(made)
      const path = `models/${pair}/${architecture}/${called}.gz`
      this.files[path] = gzipSync(bytes)
      return { path, uncompressedSize: bytes.length, uncompressedHash: hashOf(bytes) }
    }
    this.registry.models[pair] ??= []
    this.registry.models[pair].push({
      architecture,
      releaseStatus: 'Release',
      sourceLanguage: pair.slice(0, 2),
      targetLanguage: pair.slice(3),
      files: Object.fromEntries(Object.entries(files).map(([role, given]) => [role, entryOf(given)])),
      metrics: { 'flores200-plus': { bleu: 38.8, chrf: 63.1, comet22 } },
    })
  }

  get environment(): Record<string, string> {
    return {
      GLASSFORMER_CACHE: join(this.folder, 'cache'),
      HF_HUB_CACHE: join(this.folder, 'hub'),
      GLASSFORMER_FIREFOX_REGISTRY: `${this.address}/db/models.json`,
      GLASSFORMER_ARGOS_REGISTRY: `${this.address}/index.json`,
    }
  }

  /** Adds an index of Argos's form with two versions of a package, whose archive is given. */
  addArgos(archive: Buffer): void {
    const entry = (version: string, file: string) => ({
      package_version: version,
      argos_version: '1.5',
      from_code: 'fr',
      from_name: 'French',
      to_code: 'en',
      to_name: 'English',
      links: [`${this.address}/${file}`],
    })
    const index = [entry('1.2', 'old.argosmodel'), entry('1.9', 'translate-fr_en-1_9.argosmodel')]
    this.files['index.json'] = Buffer.from(JSON.stringify(index))
    this.files['translate-fr_en-1_9.argosmodel'] = archive
  }

  async stop(): Promise<void> {
    if (this.#server) await ended(this.#server)
    rmSync(this.folder, { recursive: true })
  }
}
