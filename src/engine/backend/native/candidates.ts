import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageFolder } from '../../../base/package-folder.ts'
import { platformName, prebuiltPlatforms } from './platform.ts'

/** The path of an addon that may be there, or why there can be none. */
export type Candidate = { path: string } | { reason: string }

/**
 * Where an addon may be, in the order in which they are tried: GLASSFORMER_ADDON alone where it is set; else what has been built here
 * (build/Release by node-gyp, build-dev by cmake-js), and what the package carries for this platform.
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
