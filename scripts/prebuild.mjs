/**
 * Builds the addons that the package carries, prebuilds/<platform>-<arch>[-musl]/glassformer.node, for all platforms on one machine, by
 * zig's C++ compiler. What is there and of the same inputs is left as it is.
 *
 *   node scripts/prebuild.mjs                                   # all
 *   node scripts/prebuild.mjs --only linux-x64 --only win32-x64
 *   node scripts/prebuild.mjs --pack                            # for npm pack: where zig cannot be had, says what the package lacks
 */
import { rmSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot as root } from './native-build.mjs'
import { addonOf, buildTarget, isCurrent } from './prebuild/build.mjs'
import { targets } from './prebuild/targets.mjs'
import { findZig } from './prebuild/zig.mjs'

const names = Object.keys(targets)

function readArguments() {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, pack: { type: 'boolean' } } })
  const only = values.only?.flatMap((list) => list.split(','))
  const unknown = only?.find((name) => !names.includes(name))
  if (unknown) throw new Error(`--only ${unknown}: there are ${names.join(', ')}`)
  return { wanted: only ?? names, pack: values.pack ?? false }
}

/** Leaves none there that is of other sources, so that no package carries one. */
function sayWhatIsMissing(missing, reason) {
  for (const name of missing) rmSync(dirname(addonOf(name)), { recursive: true, force: true })
  console.error(
    `prebuild: the prebuilt addons of ${missing.join(', ')} are not made: ${reason}. A package without them builds its addon where there ` +
      'is a compiler (npx glassformer build), and runs without it elsewhere.',
  )
}

async function main() {
  const { wanted, pack } = readArguments()
  const missing = wanted.filter((name) => !isCurrent(name))
  if (missing.length === 0) return console.error(`prebuild: ${wanted.join(', ')}: up to date`)
  const { zig, reason } = findZig()
  if (!zig) {
    sayWhatIsMissing(missing, reason)
    process.exitCode = pack ? 0 : 1
    return
  }
  for (const name of missing) {
    const began = performance.now()
    const bytes = await buildTarget(name, zig)
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    console.error(
      `${name.padEnd(15)} ${seconds.padStart(6)} s  ${relative(root, addonOf(name))} (${(bytes / 1e6).toFixed(2)} MB)`,
    )
  }
}

try {
  await main()
} catch (error) {
  console.error(`prebuild: ${error.message}`)
  process.exitCode = 1
}
