import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { GlassformerError } from '../errors.ts'

/** The key of the list of files among the assets of a single executable; `glassformer files --sea` writes both. */
const LIST = 'glassformer/files.json'

/** The part of node:sea that is used; @types/node of Node.js 20 lacks the module. */
interface Sea {
  isSea(): boolean
  getAsset(key: string, encoding: 'utf8'): string
  getRawAsset(key: string): ArrayBuffer
}

/**
 * The package's files from the assets of a Node.js single executable, or undefined. They are written to a new folder of
 * the system's temporary files, because threads and addons start from files; the folder is removed when the process
 * ends.
 */
function unpackedFiles(): URL | undefined {
  const sea = process.getBuiltinModule?.('node:sea' as 'node:fs') as unknown as Sea | undefined
  if (!sea?.isSea()) return undefined
  const paths = listIn(sea)
  if (!paths) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'glassformer-'))
  process.on('exit', () => removed(folder))
  for (const path of paths) {
    const target = join(folder, path)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, new Uint8Array(sea.getRawAsset(`glassformer/${path}`)))
  }
  return pathToFileURL(`${folder}/`)
}

function listIn(sea: Sea): string[] | undefined {
  try {
    return JSON.parse(sea.getAsset(LIST, 'utf8'))
  } catch {
    return undefined // this executable has no assets of ours
  }
}

function removed(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // Windows keeps the file of a loaded addon.
  }
}

/** Defined by scripts/bundle.ts for dist/bundle/: the version of the package. */
declare const GLASSFORMER_BUNDLED: string

/** The version of the package with this code, if the code is in dist/bundle/, where the files of threads are CommonJS; else undefined. */
export const bundledVersion = typeof GLASSFORMER_BUNDLED === 'undefined' ? undefined : GLASSFORMER_BUNDLED

/**
 * A `require` for the file at a path or URL. It is Node.js' own, asked for at run time: webpack replaces a
 * `createRequire` that is imported.
 */
export const requireFrom = (file: string | URL): NodeJS.Require =>
  process.getBuiltinModule('node:module').createRequire(file)

let version = bundledVersion

/** The version of this package, read once. */
export function packageVersion(): string {
  version ??= JSON.parse(readFileSync(new URL('package.json', packageFolder()), 'utf8')).version as string
  return version
}

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

/**
 * The file of a thread's code: `<path>.js` as seen from the module at `from`, or where this code is bundled, the file of
 * the package that needs no other, so that it runs wherever it lies.
 */
export function threadFile(path: string, from: string): URL {
  return bundledVersion ? new URL(`dist/bundle/${basename(path)}.cjs`, packageFolder()) : new URL(`${path}.js`, from)
}
