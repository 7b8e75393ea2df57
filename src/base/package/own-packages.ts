import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageFolder, requireFrom } from './package-folder.ts'

/** The scope of the packages that carry files of this one: an addon for each platform, and models. */
export const SCOPE = '@glassformer'

/** The path of a file or folder within this package. */
export const ownPath = (...names: string[]): string => join(fileURLToPath(packageFolder()), ...names)

/** The folder of the package `@glassformer/<name>` as this package finds it, or the project in `from`; undefined: not installed. */
export function ownPackage(name: string, from: string | URL = packageFolder()): string | undefined {
  try {
    return dirname(requireFrom(new URL('package.json', from)).resolve(`${SCOPE}/${name}/package.json`))
  } catch {
    return undefined
  }
}

/** The folder of a model of ours: within this package, or in a package of its own beside this one; undefined: neither. */
export function ownModel(name: string): string | undefined {
  const carried = ownPath('models', name)
  return existsSync(carried) ? carried : ownPackage(name)
}
