import { existsSync } from 'node:fs'
import { GlassformerError } from './errors.ts'

/** The folder of this package: this code lies in dist/, or deeper where its modules have been bundled. */
export const packageFolder: URL = packageAround(import.meta.url)

/** webpack's, and that of those who follow it, in code that is in a bundle of theirs. */
declare const __webpack_require__: unknown

/**
 * webpack says that code still lies where it was before, and nowhere else.
 * @throws GlassformerError ERR_UNSUPPORTED where a bundler has taken this code elsewhere, or (undefined) nowhere that it can tell
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

/** A package.json alone could be that of a project whose bundle this code is in. */
function isOurs(folder: URL): boolean {
  return existsSync(new URL('native/sources.json', folder))
}

function parentOf(folder: URL): URL | undefined {
  const parent = new URL('..', folder)
  return parent.href === folder.href ? undefined : parent
}
