import { readFileSync } from 'node:fs'
import { packageFolder } from './package-folder.ts'

let version: string | undefined

/** The version of this package, read once. */
export function packageVersion(): string {
  version ??= JSON.parse(readFileSync(new URL('package.json', packageFolder), 'utf8')).version as string
  return version
}
