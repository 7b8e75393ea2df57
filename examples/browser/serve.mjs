/**
 * Serves index.html, glassformer's code for browsers and the embedded model, with the two headers that isolate a page
 * from other origins: browsers share memory between threads only on isolated pages.
 *
 *     node examples/browser/serve.mjs [--port 8080]
 */
import { createReadStream, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { port: { type: 'string', default: '8080' } } })
const root = new URL('.', import.meta.resolve('glassformer/package.json'))
const places = {
  '/glassformer/': new URL('dist/bundle/', root),
  '/wasm/': new URL('wasm/', root),
  '/models/fr-en/': new URL('models/fr-en/', root),
  '/': new URL('.', import.meta.url),
}
const types = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' }

const server = createServer((request, response) => {
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
  const { pathname } = new URL(request.url, 'http://localhost')
  const path = pathname === '/' ? '/index.html' : pathname
  const place = Object.keys(places).find((start) => path.startsWith(start))
  const name = path.slice(place.length)
  const file = /^[\w.-]+$/.test(name) && fileURLToPath(new URL(name, places[place]))
  const size = file && statSync(file, { throwIfNoEntry: false })?.size
  if (!size) return response.writeHead(404).end('There is no such file.')
  response.writeHead(200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-length': size,
  })
  createReadStream(file).pipe(response)
})
server.listen(Number(values.port), () => console.log(`http://localhost:${server.address().port}/`))
