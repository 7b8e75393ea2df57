/**
 * Makes a release, release/: the packages of npm, one self-contained tarball, checksums and lists of what is in them.
 *
 *   npm run release -- --dry-run                 # makes everything and publishes nothing
 *   npm run release -- --dry-run --only linux-x64  # with the addons of these platforms alone
 *   npm run release -- --provenance              # in CI: publishes, with a statement of where it was built
 *
 * npm's own settings say where to: npm_config_registry names another registry.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot as root } from './native-build.mjs'
import { isCurrent } from './prebuild/build.ts'
import { isWasmCurrent } from './prebuild/build-wasm.ts'
import { allOf, writeLicenses } from './prebuild/licenses.ts'
import { targets } from './prebuild/targets.ts'
import { addonComponents, bundledComponents, sbom, wasmComponents } from './release/sbom.ts'
import { makeSmaller } from './release/smaller.ts'
import { stagePackages, version } from './release/stage.ts'

/** Largest download of an install without models, and of the self-contained tarball, in bytes. */
const MOST = { install: 4e6, selfContained: 15e6 }

const { values } = parseArgs({
  options: {
    'dry-run': { type: 'boolean' },
    provenance: { type: 'boolean' },
    only: { type: 'string', multiple: true },
    built: { type: 'boolean' },
    output: { type: 'string', default: join(root, 'release') },
  },
})

function npm(args: string[], cwd = root): string {
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 28 })
  if (status !== 0) throw new Error(`npm ${args.join(' ')}: ${stderr}`)
  return stdout
}

function node(...args: string[]): void {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed`)
}

/** Packs a folder; returns the tarball's path. */
function packed(folder: string, name?: string): string {
  const [{ filename }] = Object.values<{ filename: string }>(
    JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', values.output], folder)),
  )
  const path = join(values.output, name ?? filename)
  if (name) renameSync(join(values.output, filename), path)
  makeSmaller(path)
  return path
}

const inMegabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2).padStart(6)} MB`

/** Says how large everything is. @throws where an install without models, or the self-contained tarball, is too large */
function checkSizes(tarballs: readonly { name: string; path: string }[], selfContained: string): void {
  const sizes = new Map(tarballs.map(({ name, path }) => [name, statSync(path).size]))
  for (const [name, bytes] of sizes) console.log(`${inMegabytes(bytes)}  ${name}`)
  const whole = statSync(selfContained).size
  console.log(`${inMegabytes(whole)}  ${basename(selfContained)}`)
  const platform = sizes.get('@glassformer/linux-x64')
  const install = (sizes.get('glassformer') ?? 0) + (platform ?? 0)
  if (platform) console.log(`${inMegabytes(install)}  npm i glassformer on linux-x64, without models`)
  if (install > MOST.install)
    throw new Error(`an install has ${inMegabytes(install)}, and may have ${inMegabytes(MOST.install)}`)
  if (whole > MOST.selfContained)
    throw new Error(`${basename(selfContained)} is above ${inMegabytes(MOST.selfContained)}`)
}

function writeChecksums(paths: readonly string[]): void {
  const lines = paths.map(
    (path) => `${createHash('sha256').update(readFileSync(path)).digest('hex')}  ${basename(path)}\n`,
  )
  writeFileSync(join(values.output, 'SHA256SUMS'), lines.join(''))
}

/** Says what is not built from the sources as they are, which a dry run leaves out. @throws where it is to be published */
function checkIsBuilt(missing: readonly string[]): void {
  if (!missing.length) return
  const what = `not built from these sources: ${missing.join(', ')}`
  if (!values['dry-run']) throw new Error(`${what}; npm run prebuilds`)
  console.log(`left out: ${what}`)
}

function main(): void {
  const wanted = values.only ?? Object.keys(targets)
  const unknown = wanted.find((name) => !(name in targets))
  if (unknown) throw new Error(`--only ${unknown}: there are ${Object.keys(targets).join(', ')}`)
  if (!values.built) {
    node('--import', './scripts/typescript.mjs', 'scripts/compile.ts')
    node(
      '--import',
      './scripts/typescript.mjs',
      'scripts/prebuild.ts',
      ...[...wanted, 'wasm'].flatMap((name) => ['--only', name]),
    )
  }
  writeLicenses()
  const platforms = wanted.filter(isCurrent)
  checkIsBuilt([...wanted.filter((name) => !isCurrent(name)), ...(isWasmCurrent() ? [] : ['wasm'])])
  rmSync(values.output, { recursive: true, force: true })
  mkdirSync(values.output, { recursive: true })
  const folders = stagePackages(join(values.output, 'packages'), platforms)
  // First, because npm gives it the name of the package that npm has.
  const selfContained = packed(root, `glassformer-${version}-self-contained.tgz`)
  const tarballs = folders.map(({ name, folder }) => ({ name, path: packed(folder) }))
  const list = join(values.output, 'sbom.cdx.json')
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const ofAddons = platforms.map((name) => addonComponents(targets[name]))
  const components = allOf([bundledComponents(), wasmComponents(), ...ofAddons])
  writeFileSync(list, `${JSON.stringify(sbom(own, components), null, 2)}\n`)
  writeChecksums([...tarballs.map(({ path }) => path), selfContained, list])
  checkSizes(tarballs, selfContained)
  if (values['dry-run']) {
    console.log(`nothing is published: ${values.output}`)
    return
  }
  const flags = ['--access', 'public', '--ignore-scripts', ...(values.provenance ? ['--provenance'] : [])]
  for (const { name, path } of tarballs) {
    npm(['publish', path, ...flags])
    console.log(`published ${name}@${version}`)
  }
}

try {
  if (!existsSync(join(root, 'node_modules'))) throw new Error('npm run setup first')
  main()
} catch (error) {
  console.error(`release: ${(error as Error).message}`)
  process.exitCode = 1
}
