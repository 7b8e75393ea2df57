/** Where the tests of runtimes work: packages of other projects, and a project into which ours has been installed as a user installs it. */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isCurrent } from '../scripts/prebuild/build.ts'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

/** Folders of this run, which are removed at its end. */
export const scratch = mkdtempSync(join(tmpdir(), 'glassformer-runtimes-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))

/** The environment of a user's shell. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|GLASSFORMER_|VITEST|NODE_|CI$)/.test(name)),
)

/** A port of this machine that nothing listens on. */
export const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })

/** A runtime, or a tool, that cannot be had here. */
export class Skipped extends Error {}

/**
 * Runs a command to its end, at most `seconds` long; resolves with its output. Throws an Error with the output where
 * its exit status is not 0, unless `mayFail`.
 */
export function run(cwd, command, args, { env = {}, seconds = 240, mayFail = false } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd, env: { ...environment, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'])
      child[name].setEncoding('utf8').on('data', (text) => {
        output[name] += text
      })
    const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000)
    child.on('error', fail)
    child.on('close', (status, signal) => {
      clearTimeout(timer)
      const result = { status, signal, ...output }
      const said = `${output.stdout}${output.stderr}`.trim().split('\n').slice(-25).join('\n')
      if (status === 0 || mayFail) done(result)
      else fail(new Error(`${[command, ...args].join(' ')}: ${signal ?? `exit status ${status}`}\n${said}`))
    })
  })
}

const NPM = ['--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=1', '--fetch-timeout=60000']

/** Why npm has not installed packages, where it is not their fault. */
const LACKING = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|E40[134]|ETARGET|E5\d\d/

/**
 * The node_modules of packages that are installed once and kept. `scripts` says whether theirs run.
 * @throws Skipped where there is no registry that has them
 */
export async function packages(wanted, { overrides, scripts = false } = {}) {
  const name = createHash('sha256')
    .update(JSON.stringify([wanted, overrides, scripts]))
    .digest('hex')
    .slice(0, 12)
  const folder = join(root, 'node_modules/.cache/glassformer-runtimes', name)
  if (!existsSync(folder)) {
    const beside = `${folder}.${process.pid}`
    mkdirSync(beside, { recursive: true })
    writeFileSync(join(beside, 'package.json'), JSON.stringify({ private: true, dependencies: wanted, overrides }))
    const flags = [...NPM, '--prefer-offline', '--no-package-lock', ...(scripts ? [] : ['--ignore-scripts'])]
    const { status, stdout, stderr } = await run(beside, 'npm', ['install', ...flags], { mayFail: true, seconds: 600 })
    if (status === 0) renameSync(beside, folder)
    else {
      rmSync(beside, { recursive: true, force: true })
      const lacking = LACKING.exec(stdout + stderr)?.[0]
      if (lacking) throw new Skipped(`npm cannot install ${Object.keys(wanted).join(', ')} here (${lacking})`)
      throw new Error(stdout + stderr)
    }
  }
  return join(folder, 'node_modules')
}

/** Packs this clone as it is, and returns the path of the tarball. */
export function pack() {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch]
  const { stdout, stderr } = spawnSync('npm', args, { cwd: root, encoding: 'utf8', env: environment })
  if (!stdout.trim()) throw new Error(`npm pack: ${stderr}`)
  const [packed] = Object.values(JSON.parse(stdout))
  return join(scratch, packed.filename)
}

/**
 * Awaits work while the project has another name: bundles may keep the path at which they found the package, which on
 * another machine leads nowhere.
 */
export async function without(project, work) {
  renameSync(project, `${project} elsewhere`)
  try {
    return await work()
  } finally {
    renameSync(`${project} elsewhere`, project)
  }
}

/** A project with the package installed from a tarball, and with the programs of this folder. */
export async function newProject(tarball) {
  const project = join(scratch, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "private": true, "name": "a-project" }\n')
  await run(project, 'npm', ['install', '--ignore-scripts', '--prefer-offline', ...NPM, tarball])
  const installed = join(project, 'node_modules/glassformer')
  const built = join(root, 'build/Release/glassformer.node')
  // A clone whose addons have not been made by zig from these sources has the one that it has built for itself.
  if (!isCurrent('linux-x64') && existsSync(built)) {
    rmSync(join(installed, 'prebuilds'), { recursive: true, force: true })
    mkdirSync(join(installed, 'build/Release'), { recursive: true })
    copyFileSync(built, join(installed, 'build/Release/glassformer.node'))
  }
  for (const name of readdirSync(join(root, 'runtime-tests/programs')))
    copyFileSync(join(root, 'runtime-tests/programs', name), join(project, name))
  return project
}
