import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { GlassformerError } from '../errors.ts'
import { bundledVersion } from './bundled.ts'
import { unpackedFiles } from './unpacked-files.ts'

/** The name of this package, and of the folder that `glassformer files` writes beside a bundle. */
const NAME = 'glassformer'

let found: URL | undefined

/**
 * The folder with this package's own files: threads, addons, WebAssembly, models, pages. It lies around this code,
 * unless a bundler has moved the code; then it is searched from the bundle upwards, like a package, and in a single
 * executable also among the files that the executable carries.
 * @throws GlassformerError ERR_UNSUPPORTED where it is not found
 */
export function packageFolder(): URL {
  found ??= searched()
  return found
}

/** The file name of a CommonJS module, which modules of bundles in that format have in place of import.meta.url. */
declare const __filename: string | undefined

/**
 * The files around which the package may lie, as URLs: this code, the bundle with it, and the executable. Bundlers may
 * leave import.meta.url undefined, or replace it by the URL that the code had before.
 */
function places(): string[] {
  const bundle = typeof __filename === 'string' ? pathToFileURL(__filename).href : undefined
  const all = [import.meta.url, bundle, pathToFileURL(process.execPath).href]
  return [...new Set(all.filter((place) => place?.startsWith('file:')))] as string[]
}

function searched(): URL {
  const others: string[] = []
  for (const place of places()) {
    for (let folder: URL | undefined = new URL('.', place); folder; folder = parentOf(folder))
      for (const each of ['.', `${NAME}/`, `node_modules/${NAME}/`]) {
        const candidate = new URL(each, folder)
        const version = versionIn(candidate)
        if (version === undefined) continue
        if (!bundledVersion || version === bundledVersion) return candidate
        others.push(`${fileURLToPath(candidate)} is of version ${version}`)
      }
  }
  return unpackedFiles() ?? fail(others)
}

/** The version of this package in a folder, or undefined. */
function versionIn(folder: URL): string | undefined {
  const file = new URL('package.json', folder)
  if (!existsSync(file)) return undefined
  try {
    const { name, version } = JSON.parse(readFileSync(file, 'utf8'))
    return name === NAME ? version : undefined
  } catch {
    return undefined
  }
}

function parentOf(folder: URL): URL | undefined {
  const parent = new URL('..', folder)
  return parent.href === folder.href ? undefined : parent
}

function fail(others: readonly string[]): never {
  const from = places().map((place) => fileURLToPath(new URL('.', place)))
  const instead = others.length ? ` (${others.join(', ')}, and the bundled code of ${bundledVersion})` : ''
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `Glassformer has been bundled, and its worker thread, addon and model are not found from ${from.join(' or ')}${instead}. ` +
      "Put them beside the bundle, after each build: 'npx glassformer files FOLDER', where FOLDER is that of the bundle or of the executable. " +
      "Or leave the package out of the bundle (esbuild: --external:glassformer; webpack: externals: { glassformer: 'commonjs glassformer' }; " +
      "Rollup, Rolldown, Vite: external: ['glassformer']; Next.js: serverExternalPackages: ['glassformer']) and install it there",
  )
}
