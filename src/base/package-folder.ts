import { existsSync } from 'node:fs'
import { GlassformerError } from './errors.ts'

/** The folder of this package: this code lies in dist/, or deeper where its modules have been bundled. */
export const packageFolder: URL = packageAround(import.meta.url)

/** A variable that webpack, and bundlers that follow it, define in the code of a bundle. */
declare const __webpack_require__: unknown

/**
 * The folder of the package around this code. In its bundles, webpack keeps the URL that the code had before bundling.
 * @throws GlassformerError ERR_UNSUPPORTED where a bundler has moved this code, or where its location is unknown
 * (undefined)
 */
function packageAround(code: string | undefined): URL {
  const moved = typeof __webpack_require__ !== 'undefined'
  for (let folder = !moved && code && new URL('.', code); folder; folder = parentOf(folder))
    if (isOurs(folder)) return folder
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    'Glassformer has been bundled, and is away from its worker thread, addon and model: leave it out of the bundle ' +
      "(esbuild: --external:glassformer), in webpack by externals: { glassformer: 'commonjs glassformer' }, and install it beside",
  )
}

/** Whether a folder is this package. A package.json alone could belong to a project whose bundle contains this code. */
function isOurs(folder: URL): boolean {
  return existsSync(new URL('native/sources.json', folder))
}

function parentOf(folder: URL): URL | undefined {
  const parent = new URL('..', folder)
  return parent.href === folder.href ? undefined : parent
}
