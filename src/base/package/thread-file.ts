import { basename } from 'node:path'
import { bundledVersion } from './bundled.ts'
import { packageFolder } from './package-folder.ts'

/**
 * The file of a thread's code: `<path>.js` as seen from the module at `from`, or where this code is bundled, the file of
 * the package that needs no other, so that it runs wherever it lies.
 */
export function threadFile(path: string, from: string): URL {
  return bundledVersion ? new URL(`dist/bundle/${basename(path)}.cjs`, packageFolder()) : new URL(`${path}.js`, from)
}
