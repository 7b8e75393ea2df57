/**
 * Builds the package's addons, prebuilds/<platform>-<arch>[-musl]/glassformer.node, for all platforms on one machine,
 * and WebAssembly, wasm/, by zig's C++ compiler. Existing files built from the same inputs are kept.
 *
 *   node scripts/prebuild.ts                                   # all
 *   node scripts/prebuild.ts --only linux-x64 --only wasm
 *   node scripts/prebuild.ts --pack                            # for npm pack: where zig cannot be had, says what the package lacks
 */
import { rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { takeLock } from './lock.mjs'
import { packageRoot as root } from './native-build.mjs'
import { addonOf, buildTarget, isCurrent } from './prebuild/build.ts'
import { buildWasm, isWasmCurrent, wasmFolder } from './prebuild/build-wasm.ts'
import { writeLicenses } from './prebuild/licenses.ts'
import { targets } from './prebuild/targets.ts'
import { findZig } from './prebuild/zig.ts'

const WASM = 'wasm'
const names = [...Object.keys(targets), WASM]

const isThere = (name: string) => (name === WASM ? isWasmCurrent() : isCurrent(name))
const folderOf = (name: string) => (name === WASM ? wasmFolder : dirname(addonOf(name)))
const build = (name: string, zig: string) => (name === WASM ? buildWasm(zig) : buildTarget(name, zig))

/** The exit status where there is no zig, as .ci/run knows it. */
const NO_COMPILER = 3

function readArguments() {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, pack: { type: 'boolean' } } })
  const only = values.only?.flatMap((list) => list.split(','))
  const unknown = only?.find((name) => !names.includes(name))
  if (unknown) throw new Error(`--only ${unknown}: there are ${names.join(', ')}`)
  return { wanted: only ?? names, pack: values.pack ?? false }
}

/** Removes those built from other sources, so that no package contains one. */
function sayWhatIsMissing(missing: readonly string[], reason: string): void {
  for (const name of missing) rmSync(folderOf(name), { recursive: true, force: true })
  console.error(
    `prebuild: what is prebuilt for ${missing.join(', ')} is not made: ${reason}. A package without it builds its addon where there is a ` +
      'compiler (npx glassformer build), and runs in JavaScript elsewhere.',
  )
}

async function main() {
  const { wanted, pack } = readArguments()
  const release = await takeLock(join(root, '.setup/prebuild-lock'), () =>
    console.error('prebuild: waiting for another one in this folder'),
  )
  try {
    await buildMissing(wanted, pack)
    writeLicenses()
  } finally {
    release()
  }
}

async function buildMissing(wanted: readonly string[], pack: boolean): Promise<void> {
  const missing = wanted.filter((name) => !isThere(name))
  if (missing.length === 0) return console.error(`prebuild: ${wanted.join(', ')}: up to date`)
  const { zig, reason } = findZig()
  if (!zig) {
    sayWhatIsMissing(missing, reason ?? '')
    process.exitCode = pack ? 0 : NO_COMPILER
    return
  }
  for (const name of missing) {
    const began = performance.now()
    const bytes = await build(name, zig)
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    console.error(
      `${name.padEnd(15)} ${seconds.padStart(6)} s  ${relative(root, folderOf(name))} (${(bytes / 1e6).toFixed(2)} MB)`,
    )
  }
}

try {
  await main()
} catch (error) {
  console.error(`prebuild: ${(error as Error).message}`)
  process.exitCode = 1
}
