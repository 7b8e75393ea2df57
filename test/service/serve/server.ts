import { type RunningServer, type ServerOptions, serve } from '#dist/service/serve/index.js'
import { quickest } from '../../use/translate/backend-names.ts'

/** An answer of a server. */
export interface Answer {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any form
  json: any
}

/** A server that listens at a free port, with ways to ask it. */
export interface TestServer extends RunningServer, AsyncDisposable {
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  /** Sends an object as JSON, a text as it is. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>
  form(path: string, fields: readonly [string, string][], headers?: Record<string, string>): Promise<Answer>
  /** Sends a form of the type multipart/form-data, as pages do. */
  multipart(path: string, fields: readonly [string, string | Blob][], headers?: Record<string, string>): Promise<Answer>
  ask(path: string, request: RequestInit): Promise<Answer>
}

export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const server = await serve({ port: 0, log: 'silent', load: { backend: quickest }, ...options })
  const ask = async (path: string, request: RequestInit): Promise<Answer> => {
    const response = await fetch(server.url + path, request)
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json')
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined }
  }
  const json = { 'content-type': 'application/json' }
  return {
    ...server,
    url: server.url,
    ask,
    get: (path, headers = {}) => ask(path, { headers }),
    post: (path, body, headers = {}) =>
      ask(path, {
        method: 'POST',
        headers: { ...json, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    form: (path, fields, headers = {}) =>
      ask(path, { method: 'POST', headers, body: new URLSearchParams(fields.map(([...pair]) => pair)) }),
    multipart: (path, fields, headers = {}) => {
      const body = new FormData()
      for (const [name, value] of fields) body.append(name, value as string)
      return ask(path, { method: 'POST', headers, body })
    },
    [Symbol.asyncDispose]: () => server.close(),
  }
}
