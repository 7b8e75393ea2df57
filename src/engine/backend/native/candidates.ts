import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageFolder } from '../../../base/package-folder.ts'
import { platformName, prebuiltPlatforms } from './platform.ts'

/** The path of an addon that may exist, or the reason why there can be none. */
export type Candidate = { path: string } | { reason: string }

/**
 * The places of addons, in the order in which they are tried: GLASSFORMER_ADDON alone if it is set; else the builds in this folder
 * (build/Release by node-gyp, build-dev by cmake-js), and the prebuilt addon of the package for this platform.
 */
export function* addonCandidates(): Generator<Candidate> {
  const forced = process.env.GLASSFORMER_ADDON
  if (forced) return yield { path: forced }
  const at = (...names: string[]) => join(fileURLToPath(packageFolder), ...names, 'glassformer.node')
  yield { path: at('build', 'Release') }
  for (const path of [at('build-dev', 'Release'), at('build-dev')]) if (existsSync(path)) yield { path }
  const platform = platformName()
  if ((prebuiltPlatforms as readonly string[]).includes(platform)) yield { path: at('prebuilds', platform) }
  else yield { reason: `no addon is prebuilt for ${platform}, but for ${prebuiltPlatforms.join(', ')}` }
}
