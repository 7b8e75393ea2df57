/**
 * The location of node-gyp, which only `npx glassformer build` needs: the package does not depend on it, since npm
 * contains one.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const packageRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..')

/** The folder of a downloaded one. */
const FETCHED = join(packageRoot, 'build', 'node-gyp')

const PROGRAM = join('node-gyp', 'bin', 'node-gyp.js')

/** The path of node-gyp's program as resolved from a file: in its node_modules, and those of parent folders. */
function from(file) {
  try {
    return createRequire(file).resolve('node-gyp/bin/node-gyp.js')
  } catch {
    return undefined
  }
}

/**
 * The package folders of npm: of the npm that runs this process, of the one on PATH, and in the locations of Node.js
 * and Debian.
 */
function npmFolders(findOnPath) {
  const programs = [process.env.npm_execpath, findOnPath('npm')].flatMap((path) => {
    try {
      return path ? [realpathSync(path)] : []
    } catch {
      return []
    }
  })
  return [
    ...programs.map((path) => dirname(dirname(path))), // …/npm/bin/npm-cli.js
    resolve(dirname(process.execPath), '../lib/node_modules/npm'),
    '/usr/share/nodejs/npm',
    '/usr/lib/node_modules/npm',
    '/usr/local/lib/node_modules/npm',
  ]
}

/**
 * The path of node-gyp's program: from this package or the project, from npm, or downloaded; undefined where there is
 * none.
 */
export function findNodeGyp(findOnPath) {
  const own = from(import.meta.url) ?? from(join(process.cwd(), 'package.json'))
  if (own) return own
  const folders = npmFolders(findOnPath).flatMap((npm) => [join(npm, 'node_modules'), dirname(npm)])
  return [...folders, join(FETCHED, 'node_modules')].map((folder) => join(folder, PROGRAM)).find(existsSync)
}

/** The commands that download a package into a folder, for the user's package manager. */
const clients = {
  npm: (folder, name) => [
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    name,
  ],
  pnpm: (folder, name) => ['add', '--dir', folder, '--ignore-scripts', name],
  yarn: (folder, name) => ['--cwd', folder, 'add', '--ignore-scripts', name],
}

/** Downloads node-gyp into the package's build folder. Returns the client's output where that fails, else undefined. */
export function fetchNodeGyp(findOnPath) {
  const client = Object.keys(clients).find((name) => findOnPath(name))
  if (!client) return 'there is no npm, pnpm or yarn to fetch it with'
  const { devDependencies } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
  mkdirSync(FETCHED, { recursive: true })
  const args = clients[client](FETCHED, `node-gyp@${devDependencies['node-gyp']}`)
  const { status, stdout, stderr } = spawnSync(findOnPath(client), args, { cwd: FETCHED, encoding: 'utf8' })
  return status === 0 ? undefined : `${client} could not fetch it: ${`${stderr}${stdout}`.trim().split('\n')[0]}`
}
