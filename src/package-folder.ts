import { existsSync } from 'node:fs'

/** The folder of this package: this code lies in dist/, or deeper where its modules have been bundled. */
export const packageFolder: URL = nearestPackage(new URL('.', import.meta.url))

function nearestPackage(folder: URL): URL {
  return existsSync(new URL('package.json', folder)) ? folder : nearestPackage(new URL('..', folder))
}
