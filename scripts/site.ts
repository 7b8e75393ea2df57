/**
 * Writes site/: static files for any host and any path, with relative addresses alone. `npm run site` compiles first.
 * `--no-docs` leaves the docs out, `--output FOLDER` writes the site there, `--serve` serves it afterwards,
 * `--port NUMBER` on this port.
 * The model, the worker and the WebAssembly builds are copied in; without the builds, pages run in JavaScript.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { rolldown } from 'rolldown'
import { pages } from '../src/look/site/pages.ts'
import { paperColors, stylesOf } from './bundle/pages.ts'
import { writeDocs } from './site/docs.ts'
import { packModel } from './site/model-pack.ts'
import { pageHtml } from './site/page-html.ts'
import { siteServer } from './site/server.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const { output, serve, port, docs } = parseArgs({
  allowNegative: true,
  options: {
    output: { type: 'string', default: join(root, 'site') },
    docs: { type: 'boolean', default: true },
    serve: { type: 'boolean', default: false },
    port: { type: 'string', default: '8080' },
  },
}).values
const site = resolve(output)
const sources = join(root, 'src/look/site')

/** Licenses of libraries that only the pages contain. */
const libraryLicenses = ['node_modules/preact/LICENSE', 'node_modules/minisearch/LICENSE.txt']

emptyFolder()
await bundleScripts(['from-disk'], 'iife')
mkdirSync(join(site, 'models'))
const { file: pack, bytes } = packModel(join(root, 'models/fr-en'))
writeFileSync(join(site, 'models', pack), bytes)
for (const worker of ['web-worker.js', 'web-encoder-worker.js', 'web-speech-worker.js'])
  cpSync(join(root, 'dist/bundle', worker), join(site, worker))
cpSync(join(root, 'models/silero-vad-v6/weights.f24'), join(site, 'models/silero.f24'))
for (const build of ['glassformer.wasm', 'glassformer-relaxed.wasm', 'THIRD-PARTY-LICENSES.txt']) {
  const from = join(root, 'wasm', build)
  if (existsSync(from)) cpSync(from, join(site, 'wasm', build))
  else console.warn(`wasm/${build} is not built: run npm run prebuilds -- --only wasm; pages run in JavaScript`)
}
const libraries = ['dist/bundle/THIRD-PARTY-LICENSES.txt', ...libraryLicenses]
const licenses = libraries.map((file) => readFileSync(join(root, file), 'utf8'))
writeFileSync(join(site, 'THIRD-PARTY-LICENSES.txt'), licenses.join('\n'))
writeFileSync(join(site, 'site.css'), await styles())
await bundleScripts(['learn/training/training-worker'], 'iife')
await bundleScripts([...new Set(pages.map(({ entry }) => entry))], 'esm')
const own = pages.filter(({ entry }) => entry !== 'docs')
const shared = { pages: docs ? pages : own, model: { path: `models/${pack}`, bytes: bytes.length } }
for (const page of own) {
  writeFileSync(join(site, page.file), pageHtml(page, bodyOf(page.entry), shared))
}
const written = own.length + (docs ? writeDocs(root, site, shared) : 0)
console.log(`${site} has ${written} pages`)
if (serve)
  siteServer(site).listen(Number(port), '127.0.0.1', () => console.log(`http://localhost:${port}/ (Ctrl+C ends it)`))

/** A folder of other files, which `--output` may name by mistake, is left as it is. */
function emptyFolder(): void {
  if (existsSync(site) && readdirSync(site).length > 0 && !existsSync(join(site, 'from-disk.js')))
    throw new Error(`${site} has files that are no site: name an empty folder, or one that does not exist yet`)
  rmSync(site, { recursive: true, force: true })
  mkdirSync(site, { recursive: true })
}

/** Styles of the inspector and of the site, behind colors of the page and of its pictures, which follow the reader's choice. */
async function styles(): Promise<string> {
  const [light, dark] = await paperColors(root)
  const chosen = (theme: string) => `:root[data-theme="${theme}"], :root[data-theme="${theme}"] .picture`
  const palette = `:root { ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
${chosen('light')} { ${light} }
${chosen('dark')} { ${dark} }`
  return [stylesOf(join(root, 'src/look/page'), palette), stylesOf(sources)].join('\n')
}

/** The HTML of a page's body; a page that its module writes has what stands there until then. */
function bodyOf(entry: string): string {
  const own = join(sources, `${entry}.html`)
  return readFileSync(existsSync(own) ? own : join(sources, 'loading.html'), 'utf8')
}

/** The module of an entry, which may have elements in its text. */
function moduleOf(entry: string): string {
  const plain = join(sources, `${entry}.ts`)
  return existsSync(plain) ? plain : `${plain}x`
}

/** The module that runs models is not bundled into pages: they start web-worker.js. Pages share what they have in common. */
async function bundleScripts(entries: readonly string[], format: 'esm' | 'iife'): Promise<void> {
  const input = Object.fromEntries(entries.map((entry) => [basename(entry), moduleOf(entry)]))
  const bundled = await rolldown({ input, platform: 'browser', cwd: root, external: /\/web-(?:[a-z]+-)?worker\.ts$/ })
  const chunkFileNames = 'parts/[name]-[hash].js'
  await bundled.write({ dir: site, format, minify: true, comments: false, chunkFileNames })
  await bundled.close()
}
