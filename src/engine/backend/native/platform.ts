import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { ownPackage, ownPath, SCOPE } from '../../../base/package/own-packages.ts'
import { packageVersion } from '../../../base/package/package-folder.ts'
import { programLoader } from './elf.ts'

/** The platforms for which the package carries an addon; scripts/prebuild/targets.ts builds them. */
export const prebuiltPlatforms = [
  'linux-x64',
  'linux-x64-musl',
  'linux-arm64',
  'darwin-arm64',
  'darwin-x64',
  'win32-x64',
] as const

/** This process's platform by the names above: 'linux-x64', and 'linux-x64-musl' where the C library is musl. */
export function platformName(): string {
  const name = `${process.platform}-${process.arch}`
  return process.platform === 'linux' && isMusl() ? `${name}-musl` : name
}

/** Bytes at the beginning of a program in which linkers put the path of its loader. */
const BEGINNING = 4096

/** Whether the C library is musl, by the loader of this program, which is musl's or glibc's own; a report of Node.js takes 5 ms. */
function isMusl(): boolean {
  const loader = programLoader(beginningOf(process.execPath))
  if (loader?.includes('ld-musl')) return true
  if (loader?.includes('ld-linux')) return false
  return isMuslByReport()
}

/** The first bytes of a file; fewer where it is shorter, and none where it cannot be read. */
function beginningOf(path: string): Buffer {
  const bytes = Buffer.alloc(BEGINNING)
  try {
    const descriptor = openSync(path, 'r')
    try {
      return bytes.subarray(0, readSync(descriptor, bytes))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return bytes.subarray(0, 0)
  }
}

/** The members of process.report that are used; @types/node of Node.js 20 lacks `excludeNetwork`. */
interface Report {
  excludeNetwork?: boolean
  getReport(): object
}

/** Node.js reports the version of its glibc, and none on musl. Interfaces of the network, which take long, are left out. */
function isMuslByReport(): boolean {
  const report = process.report as Report | undefined
  if (!report) return false
  const { excludeNetwork } = report
  report.excludeNetwork = true
  try {
    const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } }
    return header !== undefined && header.glibcVersionRuntime === undefined
  } finally {
    report.excludeNetwork = excludeNetwork
  }
}

/** The path of an addon that may exist, or the reason why there can be none. */
type Candidate = { path: string } | { reason: string }

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
