/**
 * Bundlers: each makes a bundle of the program with the package in it, without configuration. The bundle runs in the
 * project, whose node_modules has the package; in an empty folder it says what it lacks, and runs there once
 * `glassformer files` has put the package's files beside it.
 */
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packages, run, scratch, without } from './place.mjs'

const tools = { esbuild: '0.28.2', rolldown: '1.3.3', webpack: '5.113.0', 'webpack-cli': '6.0.1', vite: '8.4.0' }
const rollupTools = { rollup: '4.53.0', '@rollup/plugin-node-resolve': '16.0.3', '@rollup/plugin-commonjs': '29.0.0' }

/** The path of a program of a package. */
const binOf = async (name, wanted = tools) => join(await packages(wanted), '.bin', name)

/** A bundler: `bundle` writes into a folder, and returns the name of the file there that starts it. */
const bundler = (name, bundle) => ({
  name,
  async test({ project }) {
    const out = join('out', name.replace(/\W+/g, '-'))
    const file = await bundle(project, out)
    const result = await run(project, process.execPath, [join(out, file)])
    await checkElsewhere(name, project, out, file)
    return result
  },
})

/** Where no node_modules is: the message, its advice, and the same words as in the project. */
async function checkElsewhere(name, project, out, file) {
  const elsewhere = join(scratch, `elsewhere ${name}`)
  cpSync(join(project, out), elsewhere, { recursive: true })
  const go = (options) => without(project, () => run(elsewhere, process.execPath, [file], options))
  const lost = await go({ mayFail: true })
  assert.match(lost.stderr, /GlassformerError\]?: .*npx glassformer files FOLDER.*--external:glassformer/, lost.stderr)
  assert.match(lost.stderr, /code: 'ERR_UNSUPPORTED'/)
  await run(project, process.execPath, ['node_modules/glassformer/dist/bundle/glassformer.js', 'files', elsewhere])
  const { stdout } = await go()
  assert.match(stdout, /"text":"I am a student\.".*"served":"I am a student\."/)
}

const esbuild = (format, ending) =>
  bundler(`esbuild, ${format}`, async (project, out) => {
    const args = ['main.mjs', '--bundle', '--platform=node', `--format=${format}`, `--outfile=${out}/server.${ending}`]
    await run(project, await binOf('esbuild'), [...args, '--log-level=error'])
    return `server.${ending}`
  })

const rolldown = (format, ending) =>
  bundler(`Rolldown, ${format}`, async (project, out) => {
    const names = ['--entry-file-names', `server.${ending}`, '--chunk-file-names', `[name]-[hash].${ending}`]
    await run(project, await binOf('rolldown'), ['main.mjs', '--platform=node', '-d', out, '-f', format, ...names])
    return `server.${ending}`
  })

const rollup = bundler('Rollup', async (project, out) => {
  const modules = await packages(rollupTools)
  const plugins = ['node-resolve', 'commonjs'].flatMap((name) => ['-p', join(modules, `@rollup/plugin-${name}`)])
  const names = ['--entryFileNames', 'server.mjs', '--chunkFileNames', '[name]-[hash].mjs']
  await run(project, join(modules, '.bin/rollup'), [
    'main.mjs',
    '-d',
    out,
    '-f',
    'es',
    '--silent',
    ...plugins,
    ...names,
  ])
  return 'server.mjs'
})

const webpack = (mode) =>
  bundler(`webpack, ${mode}`, async (project, out) => {
    const args = ['./main.mjs', '--target=node', `--mode=${mode}`, '--output-path', out]
    await run(project, await binOf('webpack'), args, { env: { NODE_PATH: await packages(tools) } })
    return 'main.js'
  })

const vite = bundler('Vite, SSR', async (project, out) => {
  const folder = join(project, 'vite')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'vite.config.mjs'), 'export default { ssr: { noExternal: true } }\n')
  const args = ['build', '--config', 'vite/vite.config.mjs', '--ssr', 'main.mjs', '--outDir', out, '--logLevel=error']
  await run(project, await binOf('vite'), args)
  return 'main.mjs'
})

export const bundlers = [
  esbuild('esm', 'mjs'),
  esbuild('cjs', 'cjs'),
  rollup,
  rolldown('esm', 'mjs'),
  rolldown('cjs', 'cjs'),
  webpack('production'),
  webpack('development'),
  vite,
]
