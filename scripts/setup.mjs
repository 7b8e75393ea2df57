/**
 * Makes a clone ready: packages, OpenBLAS, the native addon, compiled TypeScript. Plain Node, no dependency.
 *
 * A step whose inputs are unchanged since its last success is skipped, so a second run does nothing. Where the native
 * addon cannot be built, one paragraph says why and the other steps continue: Glassformer then runs in JavaScript.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { takeLock } from './lock.mjs'
import { buildMpi, findMpiCompiler, mpiAddonPath } from './mpi-build.mjs'
import {
  aptCommand,
  buildNative,
  describeBlas,
  findBlas,
  findOnPath,
  findToolchain,
  isDebianLike,
  isRoot,
  packageRoot as root,
} from './native-build.mjs'
import { progressLines } from './progress-lines.mjs'
import './typescript.mjs'

const folder = join(root, '.setup')
const statePath = join(folder, 'state.json')

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))

/** The results of a step; null where they are incomplete: then the step is repeated. */
function readLeft(path) {
  try {
    return readJson(path)
  } catch {
    return null
  }
}

/** A hash of the names and contents of files and whole folders; missing files count as empty. */
function contentHash(paths, ...more) {
  const hash = createHash('sha256').update(JSON.stringify(more))
  const add = (path) => {
    const full = join(root, path)
    if (!existsSync(full)) return
    if (!statSync(full).isDirectory()) hash.update(`\0${path}\0`).update(readFileSync(full))
    else for (const name of readdirSync(full).sort()) add(`${path}/${name}`)
  }
  paths.forEach(add)
  return hash.digest('hex')
}

/**
 * Two setups in one tree would overwrite each other's files: the second waits. In a read-only folder there is no lock.
 */
async function lock() {
  try {
    return await takeLock(join(folder, 'lock'), () => console.log('waiting for another setup in this folder'))
  } catch (error) {
    if (error.code !== 'EACCES' && error.code !== 'EROFS') fail('nothing can be written here', error.message)
    unwritable = error
    return () => {}
  }
}

const state = {
  read: () => readLeft(statePath) ?? {},
  /** The file is written under a temporary name and renamed, so that an interrupted setup leaves a complete file. */
  write(changes) {
    const next = join(folder, 'state.next.json')
    writeFileSync(next, `${JSON.stringify({ ...state.read(), ...changes }, null, 2)}\n`)
    renameSync(next, statePath)
  },
}

/** The reason why the folder is not writable; null where it is. */
let unwritable = null
let worked = false
/**
 * Prints a line when a step begins, with its purpose, and one when it ends: its name, its seconds, and the result of
 * `work`.
 */
async function step(name, what, work) {
  if (unwritable) fail(`${name} is to be made anew, and nothing can be written here`, unwritable.message)
  worked = true
  tell(name, what)
  const started = performance.now()
  const remark = await work()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${name.padEnd(11)} ${seconds.padStart(6)} s  ${remark}`)
}

/** The progress of a step for people and logs. */
const tell = (name, words) => console.log(`${name.padEnd(11)} ${'…'.padStart(8)}  ${words}`)

function fail(what, details) {
  console.error(`setup: ${what}\n${details}`)
  process.exit(1)
}

/** Whether node_modules has the packages of package.json and the lock file, whatever client installed them. */
function packagesAreInstalled() {
  const wanted = readLeft(join(root, 'package-lock.json'))?.packages
  const installed = readLeft(join(root, 'node_modules/.package-lock.json'))?.packages
  if (!wanted || !installed) return false
  const asked = readJson(join(root, 'package.json'))
  const inStep = ['dependencies', 'devDependencies'].every((kind) => isDeepStrictEqual(asked[kind], wanted['']?.[kind]))
  const present = ([path, { version, optional }]) =>
    path === '' ||
    (optional && !installed[path]) ||
    (installed[path]?.version === version && existsSync(join(root, path)))
  return inStep && Object.entries(wanted).every(present)
}

function installPackages() {
  const npm = (command) => {
    // regardless of NODE_ENV, because the compiler is a development dependency
    const args = [command, '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    const cli = process.env.npm_execpath // the npm that runs this script, if one does
    const [file, first] = cli?.endsWith('.js') ? [process.execPath, [cli]] : ['npm', []]
    const result = spawnSync(file, [...first, ...args], {
      cwd: root,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    })
    return {
      ok: result.status === 0,
      text: `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`,
    }
  }
  const exact = npm('ci')
  if (exact.ok) return 'npm ci'
  if (!/package-lock\.json|EUSAGE/.test(exact.text)) fail('npm ci failed', exact.text)
  const loose = npm('install') // the lock file is missing, or does not match package.json
  if (!loose.ok) fail('npm install failed', loose.text)
  return 'npm install (the lock file was out of date)'
}

/** Installs OpenBLAS on a Debian-like system as root; elsewhere prints the command. Either way the build continues. */
function installOpenblas() {
  const needed = ['libopenblas-dev', ...(findOnPath('pkg-config') ? [] : ['pkg-config'])]
  const without = 'matrix products use our own kernels until it is there'
  if (!isDebianLike()) return `not found by 'pkg-config openblas'; ${without}: install OpenBLAS and pkg-config`
  if (!isRoot()) return `not found; ${without}: ${aptCommand(needed)}`
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args) =>
    spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], { env, encoding: 'utf8' }).status === 0
  const install = () => apt('install', '--yes', '--no-install-recommends', ...needed)
  const installed = install() || (apt('update') && install())
  const blas = installed && findBlas()
  return blas
    ? `installed ${needed.join(' and ')} (${describeBlas(blas)})`
    : `could not be installed; ${without}: ${aptCommand(needed)}`
}

/**
 * Ends the setup where generated lists do not match the rows of the op table, or the C++ files: neither language would
 * compile.
 */
async function checkGenerated() {
  if (!existsSync(join(root, 'src/engine/program/ops'))) return
  const { staleFiles } = await import('./generate.ts') // which needs the packages
  const stamp = contentHash([
    'native',
    'src/engine/program',
    'src/engine/backend/js',
    'scripts/generate',
    'scripts/generate.ts',
  ])
  if (state.read().generated === stamp) return
  const stale = await staleFiles().catch(({ message }) =>
    fail('the rows in src/engine/program/ops cannot be read', message),
  )
  if (stale.length) fail('generated files are missing or behind the ops: run npm run generate', stale.join('\n'))
  if (!unwritable) state.write({ generated: stamp })
}

/** Builds the addon where possible; returns the description of the result. */
async function setUpNative() {
  const toolchain = findToolchain()
  const able = toolchain.missing.length === 0
  const addon = join(root, 'build/Release/glassformer.node')
  const inputs = ['native', 'binding.gyp', 'scripts/native-build.mjs', 'package-lock.json']
  const sources = contentHash(inputs, process.version, process.arch)
  const before = state.read().native

  /** The existing addon is built from these sources, and a build now would not differ. */
  function isUpToDate(blas) {
    if (before?.sources !== sources) return false
    if (before.built && !existsSync(addon)) return false
    return before.means === JSON.stringify({ toolchain, blas }) || (before.built && !able)
  }

  if (isUpToDate(able ? findBlas() : null)) return before.summary
  if (able && !findBlas() && process.env.GLASSFORMER_BLAS !== 'off')
    await step('openblas', 'looking for a faster matrix product', installOpenblas)
  const blas = able ? findBlas() : null
  if (isUpToDate(blas)) return before.summary

  let result
  await step('native', 'building the addon from native/, which takes minutes', async () => {
    const say = (words) => tell('native', words)
    result = await buildNative({ log: say, progress: progressLines(say), toolchain })
    return result.built ? `build/Release/${basename(addon)} (${describeBlas(blas)})` : 'not built'
  })
  if (result.reason) console.log(`\n${result.reason}\n`)
  // An addon built from earlier sources may not fit this JavaScript code.
  if (!result.built) rmSync(addon, { force: true })
  const without = `JavaScript only: ${toolchain.missing[0] ?? 'the native build failed'}`
  const summary = result.built ? `native with ${describeBlas(blas)}` : without
  // A failed build is tried again next time; missing tools are looked for next time anyway.
  const remembered = result.built || !able
  state.write({
    native: remembered
      ? { sources, means: JSON.stringify({ toolchain, blas }), built: result.built, summary }
      : undefined,
  })
  return summary
}

/**
 * Builds the MPI addon where mpicxx exists. Training with one process does not need it, so that a failure is only one
 * line.
 */
async function setUpMpi() {
  const compiler = findMpiCompiler()
  if (!compiler) return
  const means = contentHash(['native/mpi', 'native/addon', 'scripts/mpi-build.mjs'], process.version, compiler)
  if (state.read().mpi === means && existsSync(mpiAddonPath)) return
  await step('mpi', `compiling the addon of MPI with ${compiler}`, async () => {
    const { built, reason, output } = await buildMpi({ log: () => {} })
    state.write({ mpi: built ? means : undefined })
    return built ? `build/Release/${basename(mpiAddonPath)}` : [reason, output].filter(Boolean).join('\n')
  })
}

async function setUpTypescript() {
  const inputs = ['src', 'tsconfig.json', 'package-lock.json', 'scripts', 'binding.gyp']
  const stamp = contentHash(inputs, process.version)
  if (state.read().typescript === stamp && existsSync(join(root, 'dist'))) return
  await step('typescript', 'compiling src/ into dist/', async () => {
    const { compile } = await import('./compile.ts') // which needs the packages
    const { ok, errors } = await compile()
    if (!ok) fail('src/ does not compile', errors)
    state.write({ typescript: stamp })
    return 'dist/'
  })
}

process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit() // the reader has closed the pipe, as `head` does
  fail('standard output cannot be written', error.message)
})
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19))
  fail('Node.js is too old', `Glassformer needs 20.19 or newer; this is ${process.versions.node}.`)
const release = await lock()
if (!packagesAreInstalled()) await step('packages', 'npm installs what package-lock.json asks for', installPackages)
await checkGenerated()
const native = await setUpNative()
await setUpMpi()
await setUpTypescript()
console.log(worked ? `ready (${native})` : `setup is up to date (${native})`)
release()
