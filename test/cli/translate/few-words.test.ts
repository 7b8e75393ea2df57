import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { root } from '../../repository/repository.ts'
import { ended, start } from '../command.ts'

/** Whether strace is there, which tells the files that a process opens; system calls are Linux's. */
const hasStrace = process.platform === 'linux' && spawnSync('strace', ['-V']).status === 0
const command = join(root, 'dist/bundle/glassformer.js')

/** The files of the package that a run of the command opens, and its threads by number. */
function opened(...args: string[]) {
  // A file for each thread: in one file the calls of two threads interrupt each other's lines.
  const folder = scratchFolder()
  const log = join(folder, 'calls')
  const strace = ['-ff', '-s', '4096', '-e', 'trace=openat', '-o', log, process.execPath, command, ...args]
  const { stdout, stderr } = spawnSync('strace', strace, { encoding: 'utf8' })
  const calls = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'))
  const paths = [...calls.join('').matchAll(/openat\([^,]+, "([^"]+)".* = \d+$/gm)].map(([, path]) => path)
  const own = new Set(paths.filter((path) => path.startsWith(`${root}/`) && statSync(path).isFile()))
  return { stdout, stderr, files: [...own].map((path) => relative(root, path)).sort() }
}

describe.skipIf(!hasStrace)('glassformer translate of a few words (needs strace)', () => {
  const { stdout, stderr, files } = hasStrace ? opened('translate', 'Bonjour.') : { stdout: '', stderr: '', files: [] }
  const code = files.filter((path) => path.startsWith('dist/'))

  it('opens fourteen files of the package: five of code, the addon, the model', () => {
    expect({ stdout, stderr }).toEqual({ stdout: 'Hello.\n', stderr: '' })
    expect(code).toEqual([
      expect.stringMatching(/^dist\/bundle\/esm-[\w-]+\.js$/),
      'dist/bundle/glassformer.js',
      expect.stringMatching(/^dist\/bundle\/rolldown-runtime-[\w-]+\.js$/),
      expect.stringMatching(/^dist\/bundle\/translate-[\w-]+\.js$/),
      'dist/bundle/worker-entry.cjs',
    ])
    expect(files.length).toBeLessThanOrEqual(14)
  })

  it('reads no more code than the command, the calls and the engine: 1.22 MB', () => {
    expect(code.reduce((sum, path) => sum + statSync(join(root, path)).size, 0)).toBeLessThan(1_220_000)
  })

  it('loads no modules of Node.js for servers or for digests', () => {
    const run = `process.argv = [process.execPath, 'glassformer', 'translate', 'Bonjour.']
      process.on('exit', () => console.log(process.moduleLoadList.join()))
      await import(${JSON.stringify(pathToFileURL(command).href)})`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', run], { encoding: 'utf8' })
    const loaded = new Set(stdout.split(/[\n,]/).map((each) => each.replace('NativeModule ', '')))
    expect(loaded).toContain('worker_threads')
    expect(
      ['http', 'http2', 'https', 'tls', 'cluster', 'crypto', 'v8', 'readline', 'assert'].filter((name) =>
        loaded.has(name),
      ),
    ).toEqual([])
  })

  it('prints what a worker thread prints', () => {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [command, 'translate', '--json', ...args], { encoding: 'utf8' })
    const texts = ['Je suis étudiant. Il pleut.', 'J’ai oublié mon parapluie dans le train.', '']
    const here = run(...texts)
    expect(here.stdout.split('\n')).toHaveLength(4)
    expect(run(...texts, '--workers', '1')).toMatchObject({ status: 0, stdout: here.stdout, stderr: here.stderr })
  })
})

describe('glassformer translate of a few words, on its own thread', () => {
  it.each([
    [
      'an addon that is not there',
      ['--backend', 'native'],
      { GLASSFORMER_ADDON: '/nowhere' },
      /ERR_BACKEND: .*\/nowhere/,
    ],
    ['an id that is none', ['--ids', '1 x'], {}, /ERR_INPUT/],
    ['a language that the model has not', ['--to', 'de'], {}, /ERR_OPTION/],
  ])('says what is wrong, with status 1: %s', async (_, args, env, message) => {
    const texts = args.includes('--ids') ? [] : ['Bonjour.']
    const { code, stdout, stderr } = await ended(start(['translate', ...args, ...texts], { env }))
    expect({ code, stdout: stdout.trim() }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(message)
  })
})
