/** The licenses of what addons and WebAssembly contain of others, beside them. */
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { licenseTexts } from '../release/license-texts.mjs'
import { addonComponents, wasmComponents } from '../release/sbom.mjs'
import { addonOf } from './build.mjs'
import { wasmFolder } from './build-wasm.mjs'
import { targets } from './targets.mjs'

export const LICENSES = 'THIRD-PARTY-LICENSES.txt'

/** Components of several lists, each once. */
export const allOf = (lists) => [...new Map(lists.flat().map((each) => [each.purl, each])).values()]

/** Writes prebuilds/THIRD-PARTY-LICENSES.txt and wasm/THIRD-PARTY-LICENSES.txt, as far as there are such files. */
export function writeLicenses() {
  const built = Object.keys(targets).filter((name) => existsSync(addonOf(name)))
  if (built.length) {
    const components = allOf(built.map((name) => addonComponents(targets[name])))
    writeFileSync(join(dirname(addonOf(built[0])), '..', LICENSES), licenseTexts(components))
  }
  if (existsSync(wasmFolder)) writeFileSync(join(wasmFolder, LICENSES), licenseTexts(wasmComponents()))
}
