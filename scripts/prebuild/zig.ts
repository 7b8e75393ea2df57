/**
 * zig's C++ compiler from the Python package ziglang: an installed one, else one in our own folder, installed there if
 * allowed.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { findPython } from '../native-build.mjs'

export const ZIG_VERSION = '0.17.1'

/** The folders of zig's installation and of its cache. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'glassformer-prebuild')

const installed = join(cacheFolder, `ziglang-${ZIG_VERSION}`)
const executable = process.platform === 'win32' ? 'zig.exe' : 'zig'

const output = (command: string, args: string[], options = {}) => {
  const { status, stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    ...options,
  })
  return status === 0 ? stdout.trim() : undefined
}

const isOurVersion = (path: string) => existsSync(path) && output(path, ['version']) === ZIG_VERSION

/** The path of zig within Python's packages; undefined where Python does not have it, or has another version. */
function zigOfPython(python: string): string | undefined {
  const file = output(python, ['-c', 'import ziglang; print(ziglang.__file__)'])
  const path = file && join(dirname(file), executable)
  return path && isOurVersion(path) ? path : undefined
}

/**
 * Undefined on success, else the reason. It is installed under a temporary name and renamed, because another process
 * may do the same.
 */
function install(python: string): string | undefined {
  let beside: string
  try {
    mkdirSync(cacheFolder, { recursive: true })
    beside = mkdtempSync(join(cacheFolder, 'installing-'))
  } catch (error) {
    return `${cacheFolder} cannot be written to (${(error as NodeJS.ErrnoException).code})`
  }
  const flags = ['--quiet', '--no-deps', '--disable-pip-version-check', '--no-input', '--retries=1', '--timeout=20']
  const { status, stderr } = spawnSync(
    python,
    ['-m', 'pip', 'install', ...flags, '--target', beside, `ziglang==${ZIG_VERSION}`],
    { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] },
  )
  if (status !== 0) {
    rmSync(beside, { recursive: true, force: true })
    const said = stderr.split('\n').findLast((line) => /^ERROR|No module named/.test(line))
    return `${python} -m pip install ziglang==${ZIG_VERSION} failed${said ? ` (${said.trim()})` : ''}`
  }
  try {
    renameSync(beside, installed)
  } catch {
    rmSync(beside, { recursive: true, force: true }) // another process was faster
  }
  return undefined
}

/**
 * { zig } with its path, or { reason } where there is none. Installs zig where it is missing, unless `mayInstall` is
 * false.
 */
export function findZig({
  mayInstall = true,
} = {}): { zig: string; reason?: undefined } | { zig?: undefined; reason: string } {
  const own = join(installed, 'ziglang', executable)
  if (isOurVersion(own)) return { zig: own }
  const python = findPython()
  if (!python) return { reason: 'there is no python3, whose package ziglang has the compiler' }
  const zig = zigOfPython(python)
  if (zig) return { zig }
  if (!mayInstall) return { reason: `Python's package ziglang==${ZIG_VERSION} is not installed` }
  const reason = install(python)
  return reason ? { reason } : { zig: own }
}

/** The environment in which zig runs. */
export const zigEnvironment = () => ({
  ...process.env,
  ZIG_GLOBAL_CACHE_DIR: join(cacheFolder, 'zig'),
  ZIG_LOCAL_CACHE_DIR: join(cacheFolder, 'zig'),
})
