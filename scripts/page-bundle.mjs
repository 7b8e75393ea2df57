/**
 * The page of `glassformer inspect` as one HTML file without its data: the code of src/look/page/ in one script, and
 * its styles with the colors of the palette. The command inserts the data and a Content-Security-Policy with hashes of
 * script and style.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Writes dist/bundle/page.html. `dist` contains the compiled palette. */
export async function bundlePage(root) {
  const { rolldown } = await import('rolldown')
  const bundled = await rolldown({
    input: join(root, 'src/look/page/main.tsx'),
    platform: 'browser',
    cwd: root,
  })
  const { output } = await bundled.generate({ format: 'iife', minify: true })
  await bundled.close()
  const license = readFileSync(join(root, 'node_modules/preact/LICENSE'), 'utf8')
  const code = `/*! preact\n${license}*/\n${output[0].code}`
  // No text within a script may contain the script's closing or opening tag.
  const script = code
    .replaceAll('</script', '<\\/script')
    .replaceAll('<script', '<\\script')
    .replaceAll('<!--', '<\\!--')
  writeFileSync(join(root, 'dist/bundle/page.html'), html(script, await styles(root)))
}

async function styles(root) {
  const { paletteCss } = await import(pathToFileURL(join(root, 'dist/look/draw/palette.js')))
  const [light, dark] = ['light', 'dark'].map(paletteCss)
  const palette = `:root{${light}}:root[data-theme=dark]{${dark}}@media (prefers-color-scheme:dark){:root[data-theme=auto]{${dark}}}`
  const files = readdirSync(join(root, 'src/look/page'), { recursive: true, encoding: 'utf8' })
  const sheets = files.filter((file) => file.endsWith('.css')).sort()
  const texts = sheets.map((file) => readFileSync(join(root, 'src/look/page', file), 'utf8'))
  return [palette, ...texts]
    .join('\n')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s*\n\s*/g, '\n')
}

const html = (script, style) => `<!doctype html>
<html lang="en" data-theme="auto">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<!-- policy -->
<title>Glassformer</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="page"></div>
<noscript>This page draws what a model computed, for which it needs JavaScript.</noscript>
<script type="application/json" id="page-data"></script>
<script>${script}</script>
</body>
</html>
`
