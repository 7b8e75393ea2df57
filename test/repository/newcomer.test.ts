import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { findOnPath, findToolchain } from '../../scripts/native-build.mjs'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { hasExtras } from '../whole.ts'
import { barePath, installed, lackOfRegistry, pack, quiet, run, TIMEOUT } from './installing.ts'
import { root } from './repository.ts'

const scratch = scratchFolder()
const tarball = join(scratch, pack('--pack-destination', scratch).filename)
const tools = installed({ yarn: '1.22.22', pnpm: '10.34.8' })

const bare = barePath(scratch)
const withoutCompiler = { PATH: bare, CXX: '', PYTHON: '', NODE_GYP_FORCE_PYTHON: '' }

/** The clients, by their programs in JavaScript, and how each installs a tarball as it does by itself: with its scripts. */
const clients = [
  ['npm', realpathSync(findOnPath('npm')!), ['install', '--prefer-offline', ...quiet, tarball]],
  [
    'yarn',
    join(tools.modules, 'yarn/bin/yarn.js'),
    ['add', '--silent', '--prefer-offline', '--network-timeout', '30000', `file:${tarball}`],
  ],
  [
    'pnpm',
    join(tools.modules, 'pnpm/bin/pnpm.cjs'),
    ['add', '--prefer-offline', '--fetch-retries=1', `file:${tarball}`],
  ],
] as const

const said = {
  requiresTheSame: true,
  paragraph: "I am a student. It's cold this morning. Thank you very much.",
  streamed: { pieces: true, text: "It's cold this morning." },
  aborted: 'ERR_ABORTED',
  served: 'Thank you very much.',
}

describe.each(clients.slice(0, hasExtras ? clients.length : 1))('a newcomer with %s', (client, program, args) => {
  const project = join(scratch, client)
  const installedPackage = join(project, 'node_modules/glassformer')
  let skipped: string | undefined
  const node = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => run(project, process.execPath, args, env)

  beforeAll(() => {
    mkdirSync(project)
    copyFileSync(join(root, 'test/repository/newcomer.mjs'), join(project, 'newcomer.mjs'))
    writeFileSync(join(project, 'package.json'), '{ "private": true }\n')
    skipped = client === 'npm' ? undefined : tools.skipped
    if (skipped) return
    // Caches that projects share are in the scratch folder, so that an install leaves nothing behind.
    const env =
      client === 'npm' ? {} : { XDG_DATA_HOME: join(scratch, 'data'), YARN_CACHE_FOLDER: join(scratch, 'yarn') }
    const { status, stdout, stderr } = node([program, ...args], { ...withoutCompiler, ...env })
    if (status !== 0) skipped = lackOfRegistry(stdout + stderr)
    if (!skipped) expect(status, stdout + stderr).toBe(0)
    // pnpm would list it here.
    expect(stdout + stderr).not.toMatch(/ignored build scripts|node-gyp/i)
  }, TIMEOUT)

  test('installs without a compiler; all works natively without a word', (context) => {
    context.skip(skipped !== undefined, skipped)
    const { platform, arch } = process
    const prebuilt = existsSync(join(installedPackage, 'prebuilds', `${platform}-${arch}`))
    context.skip(!prebuilt, 'no addon is prebuilt for this platform: npm run prebuilds')
    const { stdout, stderr } = node(['newcomer.mjs'], withoutCompiler)
    expect(stdout, stderr).toMatch(/^\{.*\}\n$/)
    expect(JSON.parse(stdout)).toEqual({ ...said, backend: 'native' })
    expect(stderr).toBe('')
  })

  /** The output of newcomer.mjs on a backend that is not native, with one warning about the missing one. */
  const worksOn = (backend: 'wasm' | 'js', missing: RegExp) => {
    const { stdout, stderr } = node(['newcomer.mjs'], withoutCompiler)
    expect(stdout, stderr).toMatch(/^\{.*\}\n$/)
    expect(JSON.parse(stdout)).toEqual({ ...said, backend })
    expect(stderr.match(/^\(node:\d+\)/gm)).toHaveLength(1)
    expect(stderr).toMatch(missing)
  }

  test('without an addon for this platform all works in WebAssembly, and one warning describes the remedy', (context) => {
    context.skip(skipped !== undefined, skipped)
    rmSync(join(installedPackage, 'prebuilds'), { recursive: true, force: true })
    context.skip(!existsSync(join(installedPackage, 'wasm')), 'WebAssembly is not built: npm run prebuilds')
    worksOn(
      'wasm',
      /several times slower.+\/build\/Release\/glassformer\.node does not exist; .*npx glassformer build$/m,
    )
  })

  test('without WebAssembly all works in JavaScript, and one warning describes the remedy', (context) => {
    context.skip(skipped !== undefined, skipped)
    for (const folder of ['prebuilds', 'wasm']) rmSync(join(installedPackage, folder), { recursive: true, force: true })
    const gone = 'does not exist'
    worksOn(
      'js',
      new RegExp(`slower.+/glassformer\\.node ${gone}; .+/glassformer\\.wasm ${gone}\\. .*glassformer build$`, 'm'),
    )
  })

  test('gets a message with the missing tools of a build', (context) => {
    context.skip(skipped !== undefined, skipped)
    const { status, stderr } = node([join(installedPackage, 'dist/bundle/glassformer.js'), 'build'], withoutCompiler)
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringMatching(/no C\+\+ compiler.*no make/) })
  })

  test('has sources that a build finds and hands to the compiler', (context) => {
    const { missing, headers } = findToolchain()
    const lacking = skipped ?? (missing.length ? `there is ${missing.join(', and ')}` : undefined)
    context.skip(lacking !== undefined, lacking)
    context.skip(headers === undefined, 'no Node headers on this machine')
    const compiler = join(project, 'compiler')
    writeFileSync(compiler, `#!/bin/sh\necho "$@" >> ${JSON.stringify(join(project, 'asked.txt'))}\nexit 1\n`)
    chmodSync(compiler, 0o755)
    const { status, stderr } = node([join(installedPackage, 'dist/bundle/glassformer.js'), 'build'], { CXX: compiler })
    expect(status).toBe(1)
    const sources = readFileSync(join(project, 'asked.txt'), 'utf8').match(/\S*native\/\S+\.cc\b/g)
    expect(sources?.length, stderr).toBeGreaterThan(0)
    for (const source of sources!)
      expect(existsSync(resolve(installedPackage, 'build/gyp/build', source)), source).toBe(true)
  })

  // Once is enough for what takes minutes, and only where it is asked for: setup builds the same sources by the same script.
  test.runIf(client === 'npm' && hasExtras)(
    "builds the addon by 'npx glassformer build', and then all works natively without a word",
    (context) => {
      context.skip(skipped !== undefined, skipped)
      const { missing, headers } = findToolchain()
      context.skip(missing.length > 0, `there is ${missing.join(', and ')}`)
      context.skip(headers === undefined, 'no Node headers on this machine')
      // Without optimizing, the compiler takes a third of the time.
      const build = run(project, join(project, 'node_modules/.bin/glassformer'), ['build'], { CXXFLAGS: '-O0' })
      expect(build.status, `${build.stdout}${build.stderr}`).toBe(0)
      expect(existsSync(join(installedPackage, 'build/Release/glassformer.node'))).toBe(true)
      // A client that looks again finds nothing to build.
      expect(existsSync(join(installedPackage, 'binding.gyp'))).toBe(false)
      const { stdout, stderr } = node(['newcomer.mjs'])
      expect(JSON.parse(stdout)).toEqual({ ...said, backend: 'native' })
      expect(stderr).toBe('')
    },
    TIMEOUT,
  )
})
