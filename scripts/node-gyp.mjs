/**
 * Where node-gyp is, which `npx glassformer build` needs and nothing else does: the package does not depend on it, since npm has one.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const packageRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..')

/** Where one is kept that has been fetched. */
const FETCHED = join(packageRoot, 'build', 'node-gyp')

const PROGRAM = join('node-gyp', 'bin', 'node-gyp.js')

/** The path of node-gyp's program as it is found from a file: in its node_modules, and those of folders above. */
function from(file) {
  try {
    return createRequire(file).resolve('node-gyp/bin/node-gyp.js')
  } catch {
    return undefined
  }
}

/** The package folders of npm: of the npm that runs this, of the one on PATH, and where Node.js and Debian put it. */
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

/** The path of node-gyp's program: of this package or the project, of npm, or one that was fetched; undefined where there is none. */
export function findNodeGyp(findOnPath) {
  const own = from(import.meta.url) ?? from(join(process.cwd(), 'package.json'))
  if (own) return own
  const folders = npmFolders(findOnPath).flatMap((npm) => [join(npm, 'node_modules'), dirname(npm)])
  return [...folders, join(FETCHED, 'node_modules')].map((folder) => join(folder, PROGRAM)).find(existsSync)
}

/** The commands that fetch a package into a folder, by the client that the user has. */
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

/** Fetches node-gyp into the package's build folder. Returns what its client said where that fails, else undefined. */
export function fetchNodeGyp(findOnPath) {
  const client = Object.keys(clients).find((name) => findOnPath(name))
  if (!client) return 'there is no npm, pnpm or yarn to fetch it with'
  const { devDependencies } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
  mkdirSync(FETCHED, { recursive: true })
  const args = clients[client](FETCHED, `node-gyp@${devDependencies['node-gyp']}`)
  const { status, stdout, stderr } = spawnSync(findOnPath(client), args, { cwd: FETCHED, encoding: 'utf8' })
  return status === 0 ? undefined : `${client} could not fetch it: ${`${stderr}${stdout}`.trim().split('\n')[0]}`
}
