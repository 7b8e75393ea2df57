import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownPackage, ownPath, SCOPE } from '../../../base/package/own-packages.ts'
import { packageVersion } from '../../../base/package/package-folder.ts'
import { platformName, prebuiltPlatforms } from './platform.ts'

/** The path of an addon that may exist, or the reason why there can be none. */
export type Candidate = { path: string } | { reason: string }

/**
 * The places of addons, in the order in which they are tried: GLASSFORMER_ADDON alone if it is set; else the builds in this folder
 * (build/Release by node-gyp, build-dev by cmake-js), and the prebuilt addon for this platform, which the package carries or which is installed
 * beside it as a package of its own.
 */
export function* addonCandidates(): Generator<Candidate> {
  const forced = process.env.GLASSFORMER_ADDON
  if (forced) return yield { path: forced }
  const at = (...names: string[]) => ownPath(...names, 'glassformer.node')
  yield { path: at('build', 'Release') }
  for (const path of [at('build-dev', 'Release'), at('build-dev')]) if (existsSync(path)) yield { path }
  yield prebuiltAddon(platformName())
}

/** The prebuilt addon for a platform. */
export function prebuiltAddon(platform: string): Candidate {
  if (!(prebuiltPlatforms as readonly string[]).includes(platform))
    return { reason: `no addon is prebuilt for ${platform}, but for ${prebuiltPlatforms.join(', ')}` }
  const carried = ownPath('prebuilds', platform, 'glassformer.node')
  if (existsSync(carried)) return { path: carried }
  const installed = ownPackage(platform)
  if (!installed) return { reason: `${carried} does not exist, and the package ${SCOPE}/${platform} is not installed` }
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  if (version === packageVersion()) return { path: join(installed, 'glassformer.node') }
  return { reason: `the package ${SCOPE}/${platform} has version ${version}, and glassformer ${packageVersion()}` }
}
