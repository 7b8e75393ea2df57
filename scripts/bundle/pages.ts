/**
 * Pages as single HTML files: the code of a folder with preact in one script, and its styles. The page of `glassformer
 * inspect` (src/look/page/) has the colors of the palette; the command inserts its data and a Content-Security-Policy.
 * The page of servers (src/service/page/) asks its server for everything.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The parts in which pages differ: `why` is for readers without JavaScript. */
interface Parts {
  palette?: string
  theme?: string
  head?: string
  data?: string
  why: string
}

/** Writes dist/bundle/page.html and dist/bundle/server-page.html. `dist` contains the compiled palette. */
export async function bundlePages(root: string): Promise<void> {
  const [light, dark] = await paperColors(root)
  const palette = `:root{${light}}:root[data-theme=dark]{${dark}}@media (prefers-color-scheme:dark){:root[data-theme=auto]{${dark}}}`
  await bundlePage(join(root, 'src/look/page'), join(root, 'dist/bundle/page.html'), {
    palette,
    theme: ' data-theme="auto"',
    head: '<!-- policy -->\n',
    data: '<script type="application/json" id="page-data"></script>\n',
    why: 'This page draws what a model computed, for which it needs JavaScript.',
  })
  await bundlePage(join(root, 'src/service/page'), join(root, 'dist/bundle/server-page.html'), {
    why: 'This page asks the server for its routes, for which it needs JavaScript.',
  })

  async function bundlePage(folder: string, file: string, parts: Parts): Promise<void> {
    const script = await scriptOf(join(folder, 'main.tsx'))
    writeFileSync(file, html({ ...parts, script, style: stylesOf(folder, parts.palette) }))
  }

  async function scriptOf(input: string): Promise<string> {
    const { rolldown } = await import('rolldown')
    const bundled = await rolldown({ input, platform: 'browser', cwd: root })
    const { output } = await bundled.generate({ format: 'iife', minify: true })
    await bundled.close()
    const license = readFileSync(join(root, 'node_modules/preact/LICENSE'), 'utf8')
    // No text within a script may contain the script's closing or opening tag.
    return `/*! preact\n${license}*/\n${output[0].code}`
      .replaceAll('</script', '<\\/script')
      .replaceAll('<script', '<\\script')
      .replaceAll('<!--', '<\\!--')
  }
}

/** The palette as CSS properties of light and of dark paper. `dist` contains the compiled palette. */
export async function paperColors(root: string): Promise<[light: string, dark: string]> {
  const { paletteCss } = await import(pathToFileURL(join(root, 'dist/draw/marks/palette.js')).href)
  return [paletteCss('light'), paletteCss('dark')]
}

/** All styles of a folder, behind the palette, without comments. */
export function stylesOf(folder: string, palette = ''): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const sheets = files.filter((file) => file.endsWith('.css')).sort()
  const texts = sheets.map((file) => readFileSync(join(folder, file), 'utf8'))
  return [palette, ...texts]
    .join('\n')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s*\n\s*/g, '\n')
}

const html = ({
  script,
  style,
  why,
  theme = '',
  head = '',
  data = '',
}: Parts & { script: string; style: string }) => `<!doctype html>
<html lang="en"${theme}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${head}<title>Glassformer</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="page"></div>
<noscript>${why}</noscript>
${data}<script>${script}</script>
</body>
</html>
`
