/**
 * Writes site/: static files for any host and any path, with relative addresses alone. `npm run site` compiles first.
 * `--output FOLDER` writes them there.
 * The model, the worker and the WebAssembly builds are copied in; without the builds, pages run in JavaScript.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { rolldown } from 'rolldown'
import { pages } from '../src/look/site/pages.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const { output } = parseArgs({ options: { output: { type: 'string', default: join(root, 'site') } } }).values
const site = resolve(output)
const sources = join(root, 'src/look/site')

/** No inline scripts, no other hosts, no eval; pictures have style attributes. */
const policy =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data:"

rmSync(site, { recursive: true, force: true })
mkdirSync(site, { recursive: true })
cpSync(join(root, 'models/fr-en'), join(site, 'models/fr-en'), { recursive: true })
cpSync(join(root, 'dist/bundle/web-worker.js'), join(site, 'web-worker.js'))
cpSync(join(sources, 'site.css'), join(site, 'site.css'))
for (const build of ['glassformer.wasm', 'glassformer-relaxed.wasm', 'THIRD-PARTY-LICENSES.txt']) {
  const from = join(root, 'wasm', build)
  if (existsSync(from)) cpSync(from, join(site, 'wasm', build))
  else console.warn(`wasm/${build} is not built: run npm run prebuilds -- --only wasm; pages run in JavaScript`)
}
const links = pages.map(({ file, title }) => `<a href="./${file}">${title}</a>`).join('\n')
for (const { file, title, entry } of pages) {
  const name = entry.replace(/\.tsx?$/, '')
  const bundled = await rolldown({ input: { [name]: join(sources, entry) }, platform: 'browser', cwd: root })
  await bundled.write({ dir: site, format: 'esm', minify: true, chunkFileNames: `${name}-[name]-[hash].js` })
  await bundled.close()
  const body = join(sources, `${name}.html`)
  writeFileSync(join(site, file), html(title, name, existsSync(body) ? readFileSync(body, 'utf8') : ''))
}
console.log(`site/ has ${pages.length} page${pages.length === 1 ? '' : 's'}`)

function html(title: string, name: string, body: string): string {
  return `<!doctype html>
<html lang="en" data-theme="auto">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Glassformer</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="./site.css">
</head>
<body>
<nav>${links}<button id="theme" type="button">Theme</button></nav>
<main>
${body}</main>
<noscript>This page runs a model, for which it needs JavaScript.</noscript>
<script type="module" src="./${name}.js"></script>
</body>
</html>
`
}
