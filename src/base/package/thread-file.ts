import { bundledVersion } from './bundled.ts'
import { packageFolder } from './package-folder.ts'

/**
 * The file of a thread's code: `<name>.js` beside the module at `beside`, or where this code is bundled, the file of the
 * package that needs no other, so that it runs wherever it lies.
 */
export function threadFile(name: string, beside: string): URL {
  return bundledVersion ? new URL(`dist/bundle/${name}.cjs`, packageFolder()) : new URL(`./${name}.js`, beside)
}
