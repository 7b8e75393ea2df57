import { existsSync } from 'node:fs'
import { GlassformerError } from './errors.ts'

/** The folder of this package: this code lies in dist/, or deeper where its modules have been bundled. */
export const packageFolder: URL = packageAround(import.meta.url)

/** @throws GlassformerError ERR_UNSUPPORTED where a bundler has taken this code elsewhere, or (undefined) nowhere that it can tell */
function packageAround(code: string | undefined): URL {
  for (let folder = code && new URL('.', code); folder; folder = parentOf(folder)) if (isOurs(folder)) return folder
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    'Glassformer has been bundled, and is away from its worker thread, addon and model: leave it out of the bundle ' +
      '(esbuild: --external:glassformer) and install it beside',
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
