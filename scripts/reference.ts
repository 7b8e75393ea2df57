/**
 * Writes the reference of the interface, docs/api/, from the docstrings in the types of the package: a page for each
 * entry. dist/ must be compiled. `npm run docs` also writes the tables of settings.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Application, Converter, type ProjectReflection } from 'typedoc'
import type { PluginOptions } from 'typedoc-plugin-markdown'
import { packageRoot as root } from './native-build.mjs'

/** Entries of the package by their pages: the folders of dist/types/ with their indexes. */
const PAGES = {
  glassformer: '.',
  train: 'learn/train',
  inspect: 'look/inspect',
  queue: 'service/queue',
  serve: 'service/serve',
  speech: 'use/transcribe',
  reader: 'use/read',
  transformers: 'use/pipelines',
  web: 'use/web',
  encoder: 'use/encode',
  'web-encoder': 'use/web/encoder',
  'web-speech': 'use/web/speech',
}

const layout: Partial<PluginOptions> = {
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useHTMLAnchors: false,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  tableColumnSettings: { hideSources: true, hideInherited: true, hideModifiers: true, hideOverrides: true },
}

/** The pages, by their names. */
export async function referencePages(): Promise<Map<string, string>> {
  const types = Object.values(PAGES).map((folder) => join(root, 'dist/types', folder, 'index.d.ts'))
  const scratch = mkdtempSync(join(root, 'dist/reference-'))
  try {
    const tsconfig = join(scratch, 'tsconfig.json')
    const lib = ['ES2023', 'ESNext.Disposable', 'DOM']
    const compilerOptions = { target: 'ES2023', lib, module: 'NodeNext', types: ['node'], strict: true, noEmit: true }
    writeFileSync(
      tsconfig,
      JSON.stringify({ compilerOptions: { ...compilerOptions, skipLibCheck: true }, files: types }),
    )
    const app = await Application.bootstrapWithPlugins({
      tsconfig,
      entryPoints: types,
      plugin: ['typedoc-plugin-markdown'],
      out: join(scratch, 'pages'),
      disableSources: true,
      readme: 'none',
      excludePrivate: true,
      excludeProtected: true,
      excludeExternals: true,
      skipErrorChecking: true,
      logLevel: 'Error',
      router: 'module',
      ...layout,
    })
    app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => nameAfterPages(project))
    const project = await app.convert()
    if (!project) throw new Error('typedoc cannot read dist/types: npm run build')
    await app.generateOutputs(project)
    const names = Object.keys(PAGES).map((name) => `${name}.md`)
    return new Map(names.map((name) => [name, readFileSync(join(scratch, 'pages', name), 'utf8')]))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Modules have the names of their folders, which say nothing to a reader of the package. */
function nameAfterPages(project: ProjectReflection): void {
  for (const module of project.children ?? [])
    for (const [page, folder] of Object.entries(PAGES))
      if (module.name === join(folder, 'index') || module.name === folder) module.name = page
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const folder = join(root, 'docs/api')
  for (const name of readdirSync(folder)) if (name !== 'settings.md') rmSync(join(folder, name))
  for (const [name, text] of await referencePages()) writeFileSync(join(folder, name), text)
}
