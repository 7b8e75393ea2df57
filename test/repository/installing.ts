import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { root } from './repository.ts'

/** A slow machine, or a busy one, compiles for minutes. */
export const TIMEOUT = 900_000

/** Variables of the npm that runs the tests which would mislead an npm in another folder: its project and options, not its cache. */
const misleading = /^(npm_(?!config_cache$)|GLASSFORMER_|VITEST|NODE_ENV|NODE_NO_WARNINGS|NODE_OPTIONS)/
export const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !misleading.test(name)))

/** Runs a command in `cwd` to its end, with `env` over the environment of a user's shell. */
export function run(cwd: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const options = { cwd, encoding: 'utf8', env: { ...environment, ...env }, timeout: TIMEOUT } as const
  return spawnSync(command, args, options)
}

/** Makes a folder for PATH with Node.js and nothing else: no compiler, no make, no python. */
export function barePath(folder: string): string {
  const bare = join(folder, 'bin')
  mkdirSync(bare)
  symlinkSync(process.execPath, join(bare, 'node'))
  return bare
}

const cache = scratchFolder()

interface Packed {
  filename: string
  /** Bytes of the tarball. */
  size: number
  files: { path: string }[]
}

/** Packs what is there now; prepack has run as part of setup. It needs nothing from npm's cache, where the user may not write. */
export function pack(...args: string[]): Packed {
  const { stdout, stderr } = run(root, 'npm', ['pack', '--json', '--ignore-scripts', '--cache', cache, ...args])
  if (!stdout.trim()) throw new Error(`npm pack: ${stderr}`)
  // In an array before npm 12, since then under the package's name.
  return Object.values<Packed>(JSON.parse(stdout))[0]
}

const LACKING =
  /EACCES|EROFS|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|ERR_PNPM_META_FETCH_FAIL|E40[134]|E5\d\d/

/** Why a client could not install what comes from the registry, by what it said; undefined where it is at fault itself. */
export function lackOfRegistry(said: string): string | undefined {
  const lacking = said.match(LACKING)?.[0]
  return lacking && `no package registry, or no cache of npm's: ${lacking}`
}

export const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=1', '--fetch-timeout=30000']

/** Packages that only a test needs: their node_modules, or why they cannot be had. They are installed once and kept. */
export function installed(packages: Record<string, string>): { modules: string; skipped?: string } {
  const name = createHash('sha256').update(JSON.stringify(packages)).digest('hex').slice(0, 12)
  const folder = join(root, 'node_modules/.cache/glassformer-tests', name)
  const modules = join(folder, 'node_modules')
  if (existsSync(folder)) return { modules }
  const beside = `${folder}.${process.pid}`
  try {
    mkdirSync(beside, { recursive: true })
    writeFileSync(join(beside, 'package.json'), JSON.stringify({ private: true, dependencies: packages }))
    const args = ['install', '--ignore-scripts', '--prefer-offline', '--no-package-lock', ...quiet]
    const { status, stderr } = run(beside, 'npm', args)
    if (status === 0) renameSync(beside, folder)
    else return { modules, skipped: lackOfRegistry(stderr) ?? fail(stderr) }
  } catch (error) {
    if (!existsSync(folder)) return { modules, skipped: lackOfRegistry(String(error)) ?? fail(String(error)) }
  } finally {
    rmSync(beside, { recursive: true, force: true })
  }
  return { modules }
}

const fail = (what: string): never => {
  throw new Error(what)
}
