/**
 * Builds the native addon from the package's own sources, without a network where Node's headers are on the machine.
 *
 * The one implementation behind `npm run setup`, `npm run build:native` and `npx glassformer build`. It is plain JavaScript
 * that depends on nothing but node-gyp, because setup runs it before anything is compiled.
 */
import { spawn, spawnSync } from 'node:child_process'
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, delimiter, dirname, join, relative, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'
import { fetchNodeGyp, findNodeGyp } from './node-gyp.mjs'

export const packageRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..')

const addonPath = join('build', 'Release', 'glassformer.node')
const logPath = join('build', 'native-build.log')

/** The path of `command` (a name, or a name and arguments as in CXX="ccache g++") on PATH; undefined: none. */
export function findOnPath(command) {
  const name = command.trim().split(/\s+/)[0]
  const folders = name.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter)
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

/** The trimmed output of `command`; undefined when it is missing or failed. */
function output(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return status === 0 ? stdout.trim() : undefined
}

/** Whether apt-get can install missing packages. */
export const isDebianLike = () => existsSync('/etc/debian_version') && findOnPath('apt-get') !== undefined
export const isRoot = () => process.getuid?.() === 0

/** The command that installs Debian packages, with sudo where this user needs it. */
export const aptCommand = (packages) => `${isRoot() ? '' : 'sudo '}apt-get install ${packages.join(' ')}`

export function findPython() {
  const { NODE_GYP_FORCE_PYTHON, npm_config_python, PYTHON } = process.env
  const program = 'import sys; print(sys.version_info >= (3, 6))'
  return [NODE_GYP_FORCE_PYTHON, npm_config_python, PYTHON, 'python3', 'python'].find(
    (candidate) => candidate && output(candidate, ['-c', program]) === 'True',
  )
}

const findCompiler = () => (process.env.CXX ? [process.env.CXX] : ['g++', 'c++', 'clang++']).find(findOnPath)

/**
 * The prefix with Node's headers in include/node: `npm config nodedir`, else beside the running executable, else the
 * location of Debian's libnode-dev. Headers of the same major version come first; others work too, since Node-API is
 * stable across versions. Undefined: none on this machine.
 */
export function findHeaders() {
  const beside = resolve(dirname(process.execPath), '..')
  const found = [
    process.env.npm_config_nodedir,
    beside,
    process.config.variables.node_prefix,
    '/usr',
    '/usr/local',
  ].filter(
    (prefix) => prefix && ['node_api.h', 'common.gypi'].every((name) => existsSync(join(prefix, 'include/node', name))),
  )
  const major = `#define NODE_MAJOR_VERSION ${process.versions.node.split('.')[0]}\n`
  const sameMajor = (prefix) => readFileSync(join(prefix, 'include/node/node_version.h'), 'utf8').includes(major)
  return found.find(sameMajor) ?? found[0]
}

/**
 * The BLAS that a build here would use, `{ name, version }`, or null for our own GEMM. GLASSFORMER_BLAS=off selects our
 * own.
 */
export function findBlas() {
  if (process.env.GLASSFORMER_BLAS === 'off') return null
  if (process.platform === 'darwin') return { name: 'Accelerate', version: '' }
  const version = output('pkg-config', ['--modversion', 'openblas'])
  return version === undefined ? null : { name: 'OpenBLAS', version }
}

export const describeBlas = (blas) => (blas ? `${blas.name} ${blas.version}`.trim() : 'no BLAS, our own GEMM')

/**
 * The tools that this machine has for a build; `missing` lists the others, in words that fit after "because there is".
 */
export function findToolchain() {
  const windows = process.platform === 'win32'
  const tools = { python: findPython(), compiler: findCompiler(), make: findOnPath(process.env.MAKE ?? 'make') }
  const missing = []
  if (windows) missing.push('no build on Windows yet')
  if (!windows && !tools.compiler) missing.push('no C++ compiler (g++ or clang++)')
  if (!windows && !tools.make) missing.push('no make')
  if (!windows && !tools.python) missing.push('no python3 for node-gyp')
  return { ...tools, headers: findHeaders(), missing }
}

const listed = (items) => new Intl.ListFormat('en', { type: 'conjunction' }).format(items)

/** One paragraph: the reason why there is no native backend, its effect, and the remedy. */
function explain(why, remedy) {
  const consequence = 'Glassformer works without it, in plain JavaScript, tens of times slower.'
  return `The native backend was not built: ${why}. ${consequence} ${remedy}`
}

function howToInstall(toolchain) {
  if (process.platform === 'win32') return 'The package carries one for x64; under WSL it can be built.'
  const again = "then run 'npm run setup' again (in your own project: 'npx glassformer build')."
  if (process.platform === 'darwin') return `To have it, run 'xcode-select --install', ${again}`
  const packages = [!toolchain.compiler && 'g++', !toolchain.make && 'make', !toolchain.python && 'python3'].filter(
    Boolean,
  )
  return isDebianLike()
    ? `To have it, run '${aptCommand(packages)}', ${again}`
    : `To have it, install a C++17 compiler, make and python3, ${again}`
}

/**
 * Runs a program to its end, or until this process ends; returns its exit status and its output, and passes each `line`
 * on as it arrives.
 */
export function run(command, args, { line = () => {}, ...options }) {
  return new Promise((done) => {
    // Signals are handled before the child runs: one that it has already reacted to is not lost.
    let child
    const release = endWithUs(() => child)
    child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    let text = ''
    const keep = (chunk) => {
      text += chunk
    }
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', keep)
      createInterface({ input: stream }).on('line', line)
    }
    const end = (status, more) => {
      release()
      done({ status, text: text + more })
    }
    child.on('error', (error) => end(-1, `${error.message}\n`))
    child.on('close', (status) => end(status ?? -1, ''))
  })
}

/**
 * A surviving `make` would write into a folder in which the next build has begun. `child()` is the process to end with
 * this one. The handlers stay while this process ends, since npm and a terminal may both send the same signal. Returns
 * the function that removes them.
 */
function endWithUs(child) {
  const kill = () => {
    const { pid, exitCode } = child() ?? {}
    if (pid !== undefined && exitCode === null) process.kill(-pid) // with all of its child processes
  }
  const statuses = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }
  const listeners = Object.entries(statuses).map(([signal, status]) => [signal, () => process.exit(status)])
  listeners.push(['exit', kill])
  for (const [event, listener] of listeners) process.on(event, listener)
  return () => {
    for (const [event, listener] of listeners) process.off(event, listener)
  }
}

/** The most informative line of a build log: the first error of a compiler or linker, else node-gyp's own. */
function firstError(log) {
  const lines = log.split('\n')
  const of = (pattern) => lines.find((line) => pattern.test(line))
  return (of(/\berror:|undefined reference|No space left/) ?? of(/ERR! stack/) ?? lines.findLast(Boolean) ?? '').trim()
}

function childEnvironment({ compiler }) {
  const env = { ...process.env, CXX: compiler }
  env.PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}` // binding.gyp calls `node`
  if (compiler === 'clang++' && !env.CC) env.CC = 'clang'
  return env
}

/** `output`: the messages of the compiler or node-gyp, shown above the reason. */
const failed = (why, remedy, output = '') => ({ built: false, reason: explain(why, remedy), output })

/** Lines of a log to show: those around its first error, else the last ones. */
const MOST_LINES = 40

/** The part of a failed build's output that is worth reading; the log has all. */
export function shownOutput(log) {
  const lines = log.trimEnd().split('\n')
  const first = lines.indexOf(lines.find((line) => line.trim() === firstError(log)))
  const from = Math.max(0, Math.min(first - 3, lines.length - MOST_LINES))
  const cut = lines.length - from - MOST_LINES
  return [...lines.slice(from, from + MOST_LINES), ...(cut > 0 ? [`… ${cut} more lines`] : [])].join('\n')
}

/** The number of files in a full build. */
function countSources() {
  const { core, kernels, isa } = JSON.parse(readFileSync(join(packageRoot, 'native', 'sources.json'), 'utf8'))
  const sets = Object.values(isa).filter(({ architecture }) => !architecture || architecture === process.arch)
  return core.length + sets.length * kernels.length
}

/** Parses make's lines for the file being compiled, and for linking. */
function stepsOf({ log, progress }) {
  const total = countSources()
  let done = 0
  return (line) => {
    const [, what, path] = /^\s*(CXX|SOLINK_MODULE|LINK)\(target\) (.+)$/.exec(line) ?? []
    if (what === 'CXX') progress({ done: ++done, total, file: basename(path).replace(/\.o$/, '') })
    else if (what) log('linking')
  }
}

/** The `path` of node-gyp's program, or the `failure` of a build without it. */
function nodeGypFor(fetch, log) {
  const path = findNodeGyp(findOnPath)
  if (path) return { path }
  const why = 'node-gyp, which comes with npm, is not on this machine'
  if (!fetch)
    return { failure: failed(why, "Install npm, or let node-gyp be fetched: 'npx glassformer build --fetch'.") }
  log('fetching node-gyp')
  const fault = fetchNodeGyp(findOnPath)
  return fault
    ? { failure: failed(`${why}, and ${fault}`, 'Install npm, then build again.') }
    : { path: findNodeGyp(findOnPath) }
}

/** Undefined where they now exist, else the failure of a build without them. */
async function downloadHeaders(gyp) {
  const { status, text } = await gyp(['install', '--ensure'], { timeout: 120_000 })
  if (status === 0) return undefined
  const why = /network/.test(text) ? 'no network' : firstError(text)
  return failed(
    `Node's headers are neither beside ${process.execPath} nor in /usr/include/node, and node-gyp could not download them (${why})`,
    "Install Node with its headers (Node's own archives and images have them), or Debian's libnode-dev, and build again.",
  )
}

/** Undefined where `path` within the package is now a writable folder, else the failure of a build without it. */
function makeFolder(path) {
  const folder = join(packageRoot, path)
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    return undefined
  } catch ({ code }) {
    return failed(
      `${folder} cannot be written to (${code})`,
      'Build as a user who may: the addon then serves everyone.',
    )
  }
}

/** A clone has the original; the package has the copy made by compile.mjs. */
const GYP_FILE = 'binding.gyp'
const PACKED_GYP_FILE = join('dist', GYP_FILE)

/**
 * The folder in the package where node-gyp runs, which must contain binding.gyp: in a clone the root. If an installed
 * package had that file at its root, yarn would run node-gyp by itself and pnpm would want to: so the folder is a build
 * folder, with a link to the sources.
 */
export const gypFolder = existsSync(join(packageRoot, GYP_FILE)) ? '.' : join('build', 'gyp')

function fillGypFolder() {
  if (gypFolder === '.') return
  const at = (name) => join(packageRoot, gypFolder, name)
  copyFileSync(join(packageRoot, PACKED_GYP_FILE), at(GYP_FILE))
  rmSync(at('native'), { force: true }) // a link, perhaps to an earlier location of the package
  symlinkSync(join('..', '..', 'native'), at('native'))
}

/** Moves a new addon to the place where the package looks for it; processes that have loaded the old one keep it. */
function takeAddon() {
  if (gypFolder === '.') return
  const path = join(packageRoot, addonPath)
  mkdirSync(dirname(path), { recursive: true })
  copyFileSync(join(packageRoot, gypFolder, addonPath), `${path}.new`)
  renameSync(`${path}.new`, path)
}

/**
 * The mark at the end of an addon, which src/engine/backend/native/elf.ts reads; the four bytes before it are a
 * checksum of everything before them.
 */
const SEAL = 'glassformer\n'

/**
 * Whether a file is a macOS library with a signature, which contains a checksum of every page: linkers sign for arm64,
 * and not for x64.
 */
function isSigned(file) {
  if (file.readUInt32LE(0) !== 0xfeedfacf) return false
  for (let at = 32, left = file.readUInt32LE(16); left > 0; left--, at += file.readUInt32LE(at + 4))
    if (file.readUInt32LE(at) === 0x1d) return true // LC_CODE_SIGNATURE
  return false
}

/**
 * Adds a checksum to an addon that has none, so that the loader detects a damaged one. The file is written under a
 * temporary name and renamed.
 */
export function sealAddon(path) {
  const addon = readFileSync(path)
  const isSealed = addon.subarray(-SEAL.length).toString('latin1') === SEAL
  if (isSealed || isSigned(addon)) return
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32LE(crc32(addon))
  writeFileSync(`${path}.sealed`, Buffer.concat([addon, checksum, Buffer.from(SEAL, 'latin1')]), { mode: 0o755 })
  renameSync(`${path}.sealed`, path)
}

/** The headers of node-addon-api in the package; undefined in a clone, which has the complete node-addon-api. */
export function nodeAddonApi() {
  const packed = join(packageRoot, 'dist', 'node-addon-api')
  return gypFolder === '.' || !existsSync(packed) ? undefined : packed
}

/** Configures and compiles; the output also goes into the log. */
async function compileAddon(gyp, { headers, python, compiler }, blas, { log, progress }) {
  const api = nodeAddonApi()
  const flags = [...(headers ? [`--nodedir=${headers}`] : []), `--python=${python}`]
  const variables = [
    '--',
    `-Dopenblas=${blas?.name === 'OpenBLAS' ? 'yes' : 'no'}`,
    ...(api ? [`-Dnode_addon_api=${api}`] : []),
  ]
  log(`configuring the build, with the headers of ${headers ?? "node-gyp's download"}`)
  let build = await gyp(['configure', ...flags, ...variables])
  // This is not `rebuild`: make compiles only changed files, and a failed build leaves the last good addon in place.
  if (build.status === 0) {
    log(`compiling with ${compiler}, ${describeBlas(blas)}`)
    build = await gyp(['build', ...flags, `--jobs=${availableParallelism()}`], { line: stepsOf({ log, progress }) })
  }
  writeFileSync(join(packageRoot, logPath), build.text)
  return build
}

/**
 * Builds build/Release/glassformer.node and loads it once in a child process to check it. An earlier build is kept
 * until the new one is linked. Returns a reason instead of throwing where the machine cannot build: `reason` is a
 * paragraph to print, `output` the compiler's messages. `fetch`: whether node-gyp may be downloaded where this machine
 * does not have it. `log` receives each step, `progress` each compiled file: { done, total, file }.
 */
export async function buildNative({ log, progress = () => {}, toolchain = findToolchain(), fetch = false }) {
  if (toolchain.missing.length > 0) return failed(`there is ${listed(toolchain.missing)}`, howToInstall(toolchain))
  const unwritable = makeFolder('build') ?? makeFolder(gypFolder)
  if (unwritable) return unwritable
  const nodeGyp = nodeGypFor(fetch, log)
  if (nodeGyp.failure) return nodeGyp.failure
  const options = { cwd: join(packageRoot, gypFolder), env: childEnvironment(toolchain) }
  const gyp = (args, more = {}) => run(process.execPath, [nodeGyp.path, ...args], { ...options, ...more })

  if (!toolchain.headers) {
    log(`no Node headers beside ${process.execPath}: node-gyp downloads them`)
    const failure = await downloadHeaders(gyp)
    if (failure) return failure
  }
  fillGypFolder()
  const blas = findBlas()
  const { status, text } = await compileAddon(gyp, toolchain, blas, { log, progress })
  if (status !== 0)
    return failed(
      `the build failed (${firstError(text)})`,
      `The whole output is in ${join(packageRoot, logPath)}.`,
      shownOutput(text),
    )

  sealAddon(join(packageRoot, gypFolder, addonPath))
  takeAddon()
  log('loading it once, to see that it works')
  const path = join(packageRoot, addonPath)
  const load = await run(process.execPath, ['-e', 'process.dlopen({ exports: {} }, process.argv[1])', path], options)
  if (load.status === 0) return { built: true, path }
  return failed(
    `it was compiled, but does not load (${load.text.match(/Error: .*/)?.[0] ?? `exit status ${load.status}`})`,
    `The build's output is in ${logPath}.`,
  )
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const result = await buildNative({
    log: (line) => console.log(line),
    progress: ({ done, total, file }) => console.log(`  ${done} of ${total}: ${file}`),
  })
  if (result.output) console.log(result.output)
  console.log(result.built ? `built ${relative(process.cwd(), result.path)}` : result.reason)
  process.exitCode = result.built ? 0 : 1
}
