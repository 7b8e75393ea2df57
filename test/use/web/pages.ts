import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { root } from '../../repository/repository.ts'

/** The server's answers at paths below a name: '/refused/config.json' is the answer of 'refused'. */
export type Answers = Readonly<Record<string, (response: ServerResponse, file: string) => void>>

/** The folders of files that are served as they are. */
const folders: Readonly<Record<string, string>> = { bundle: 'dist/bundle', wasm: 'wasm', 'fr-en': 'models/fr-en' }

/** A server of an empty page, the bundle, the embedded model, and given answers. */
export interface PageServer {
  url: string
  /** The paths that have been requested. */
  requests: string[]
  /** The requested paths that do not exist. */
  missing: string[]
  close(): void
}

/** `headers` are added to every answer. */
export async function servePages(answers: Answers = {}, headers: Record<string, string> = {}): Promise<PageServer> {
  const requests: string[] = []
  const missing: string[] = []
  const server: Server = createServer(({ url }, response) => {
    const { pathname } = new URL(url!, 'http://localhost')
    const [, name, file = ''] = /^\/([^/]*)\/?(.*)$/.exec(pathname)!
    requests.push(pathname)
    for (const [header, value] of Object.entries(headers)) response.setHeader(header, value)
    if (answers[name]) return answers[name](response, file)
    if (name === '') return page(response)
    const path = folders[name] && join(root, folders[name], file)
    if (!path || !existsSync(path)) {
      missing.push(pathname)
      return void response.writeHead(404).end()
    }
    sent(response, path)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    requests,
    missing,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

export function page(response: ServerResponse): void {
  response
    .writeHead(200, { 'content-type': 'text/html' })
    .end('<!doctype html><title>A page</title><link rel="icon" href="data:,">')
}

/** The files of a folder, as they are, with 404 for others. */
export const servedFolder = (folder: string) => (response: ServerResponse, file: string) => {
  const path = join(folder, file)
  if (!file || !existsSync(path)) return void response.writeHead(404).end()
  sent(response, path)
}

function sent(response: ServerResponse, path: string): void {
  const type = path.endsWith('.js') ? 'text/javascript' : 'application/octet-stream'
  response.writeHead(200, { 'content-type': type, 'content-length': statSync(path).size })
  createReadStream(path).pipe(response)
}

/** Runs the body of an async function in a page, with the exports of `glassformer/web`, and returns its result. */
export const inPage = <T>(page: Page, body: string): Promise<T> =>
  page.evaluate(
    `(async () => { const { Translator, clearCache, figure, microphone } = await import('/bundle/web.js'); ${body} })()`,
  ) as Promise<T>

/** The error with which a promise in a page rejects. */
export const refusal = (page: Page, promise: string): Promise<{ name: string; code: string; message: string }> =>
  inPage(page, `return ${promise}.then(() => 'no error', ({ name, code, message }) => ({ name, code, message }))`)
