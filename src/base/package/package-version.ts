import { readFileSync } from 'node:fs'
import { bundledVersion } from './bundled.ts'
import { packageFolder } from './package-folder.ts'

let version = bundledVersion

/** The version of this package, read once. */
export function packageVersion(): string {
  version ??= JSON.parse(readFileSync(new URL('package.json', packageFolder()), 'utf8')).version as string
  return version
}
