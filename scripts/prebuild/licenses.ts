/** The licenses of what addons and WebAssembly contain of others, beside them. */
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { licenseTexts } from '../release/license-texts.ts'
import { addonComponents, type Component, wasmComponents } from '../release/sbom.ts'
import { addonOf } from './build.ts'
import { wasmFolder } from './build-wasm.ts'
import { targets } from './targets.ts'

export const LICENSES = 'THIRD-PARTY-LICENSES.txt'

/** Components of several lists, each once. */
export const allOf = (lists: readonly Component[][]): Component[] => [
  ...new Map(lists.flat().map((each) => [each.purl, each])).values(),
]

/** Writes prebuilds/THIRD-PARTY-LICENSES.txt and wasm/THIRD-PARTY-LICENSES.txt, as far as there are such files. */
export function writeLicenses(): void {
  const built = Object.keys(targets).filter((name) => existsSync(addonOf(name)))
  if (built.length) {
    const components = allOf(built.map((name) => addonComponents(targets[name])))
    writeFileSync(join(dirname(addonOf(built[0])), '..', LICENSES), licenseTexts(components) ?? '')
  }
  if (existsSync(wasmFolder)) writeFileSync(join(wasmFolder, LICENSES), licenseTexts(wasmComponents()) ?? '')
}
