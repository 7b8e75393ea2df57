import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'
import { scratchFolder } from '../files/formats/raw-safetensors.ts'
import { hasExtras, NO_EXTRAS } from '../whole.ts'
import { installed, run, TIMEOUT } from './installing.ts'
import { root } from './repository.ts'

const scratch = scratchFolder()
writeFileSync(join(scratch, 'package.json'), '{ "name": "a-server" }')

/** The messages of a server with the package in its bundle; `define` is applied to the sources. */
async function errorOf(name: string, define: Record<string, string>): Promise<string> {
  const input = join(root, 'dist/bundle/index.js')
  const bundled = await rolldown({ input, external: [/^node:/, 'cli-progress'], transform: { define } })
  await bundled.write({ dir: join(scratch, name), entryFileNames: 'server.mjs' })
  await bundled.close()
  return spawnSync(process.execPath, [join(scratch, name, 'server.mjs')], { encoding: 'utf8' }).stderr
}

test.each([
  ['as it is', {}],
  ['as CommonJS, where modules have no address', { 'import.meta.url': 'undefined' }],
])('the package in a bundle, %s, says to leave it out', async (name, define) => {
  expect(await errorOf(name, define)).toMatch(
    /^GlassformerError: .* leave it out of the bundle \(esbuild: --external:glassformer\)/m,
  )
})

/** Node's output from `run` for a server bundled by webpack with `configuration`. */
function bundledByWebpack(modules: string, configuration: object) {
  const folder = join(scratch, 'webpack')
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  rmSync(join(folder, 'node_modules/glassformer'), { force: true })
  symlinkSync(root, join(folder, 'node_modules/glassformer'))
  writeFileSync(
    join(folder, 'server.js'),
    "import { backendInfo } from 'glassformer'\nconsole.log(typeof backendInfo().backend)\n",
  )
  const asked = { target: 'node', context: folder, entry: './server.js', ...configuration }
  const program = `require(${JSON.stringify(join(modules, 'webpack'))})(${JSON.stringify(asked)}, (error, stats) => {
    if (error || stats.hasErrors()) throw error ?? new Error(stats.toString())
  })`
  const { status, stderr } = run(folder, process.execPath, ['--eval', program])
  if (status !== 0) throw new Error(stderr)
  return run(folder, process.execPath, ['dist/main.js'])
}

const webpack = { webpack: '5.113.0' }

test.for(['production', 'development'])(
  "webpack's bundle for %s, to which modules lie where they were, says to leave it out too",
  { timeout: TIMEOUT },
  (mode, context) => {
    context.skip(mode === 'production' && !hasExtras, NO_EXTRAS)
    const { modules, skipped } = installed(webpack)
    context.skip(skipped !== undefined, skipped)
    const { stderr } = bundledByWebpack(modules, { mode })
    expect(stderr).toMatch(
      /leave it out of the bundle .* in webpack by externals: \{ glassformer: 'commonjs glassformer' \}/,
    )
    expect(stderr).toMatch(/code: 'ERR_UNSUPPORTED'/)
  },
)

test(
  'left out of the bundle as webpack is told to, it works',
  (context) => {
    const { modules, skipped } = installed(webpack)
    context.skip(skipped !== undefined, skipped)
    const { stdout, stderr } = bundledByWebpack(modules, {
      mode: 'production',
      externals: { glassformer: 'commonjs glassformer' },
    })
    expect(stdout, stderr).toBe('string\n')
  },
  TIMEOUT,
)
