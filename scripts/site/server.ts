/** Serves the folder of the site as common static hosts do: texts and WebAssembly are compressed, other files are not. */
import { createReadStream, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'
import { createGzip } from 'node:zlib'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
}

/** How a site is served: `below` is the path of its front page, `compressed` whether files of these types are sent with gzip. */
export interface SiteServing {
  below?: string
  compressed?: boolean
}

/** A server that does not listen yet. */
export const siteServer = (folder: string, { below = '/', compressed = true }: SiteServing = {}): Server =>
  createServer(({ url = '/', headers }, response) => {
    const path = pathOf(url)
    const file = join(folder, normalize(path.slice(below.length) || 'index.html'))
    const isInside = path.startsWith(below) && file.startsWith(folder + sep)
    if (!isInside || !statSync(file, { throwIfNoEntry: false })?.isFile())
      return void response.writeHead(404).end('There is no such file.')
    response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream')
    const content = createReadStream(file)
    if (!compressed || !(extname(file) in types) || !/\bgzip\b/.test(String(headers['accept-encoding'])))
      return void content.pipe(response)
    response.setHeader('content-encoding', 'gzip')
    content.pipe(createGzip()).pipe(response)
  })

/** The path of a request without its percent signs; one that cannot be read is no file's. */
function pathOf(url: string): string {
  try {
    return decodeURIComponent(new URL(url, 'http://localhost').pathname)
  } catch {
    return ''
  }
}
