import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findToolchain } from '../../scripts/native-build.mjs'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { readJson, root } from './repository.ts'

/** A slow machine, or a busy one, compiles for minutes. */
const TIMEOUT = 900_000

/** What the npm that runs the tests handed down would mislead one in another folder: its project, its options; not so its cache. */
const misleading = /^(npm_(?!config_cache$)|GLASSFORMER_|VITEST|NODE_ENV|NODE_NO_WARNINGS|NODE_OPTIONS)/
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !misleading.test(name)))

function run(cwd: string, command: string, ...args: string[]) {
  return spawnSync(command, args, { cwd, encoding: 'utf8', env: environment, timeout: TIMEOUT })
}

const cache = scratchFolder()
/** Packs what is there now; prepack has run as part of setup. It needs nothing from npm's cache, where the user may not write. */
const pack = (...args: string[]) => run(root, 'npm', 'pack', '--json', '--ignore-scripts', '--cache', cache, ...args)

/** What `pack` says of the one package: in an array before npm 12, since then under the package's name. */
const onlyPackage = (stdout: string) =>
  Object.values<{ filename: string; files: { path: string }[] }>(JSON.parse(stdout))[0]

describe('npm pack', () => {
  const { stdout, stderr } = pack('--dry-run')
  const paths: string[] = stdout ? onlyPackage(stdout).files.map(({ path }) => path) : []

  test('holds what a user needs', () => {
    expect(paths, stderr).toEqual(
      expect.arrayContaining([
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'binding.gyp',
        'dist/bundle/glassformer.js',
        'dist/bundle/index.js',
        'dist/bundle/worker.cjs',
        'dist/index.d.ts',
        'models/fr-en/config.json',
        'models/fr-en/model.safetensors',
        'native/sources.json',
        'package.json',
        'scripts/native-build.mjs',
      ]),
    )
  })

  test('holds no code that V8 has compiled: it would be run unchecked', () => {
    expect(readdirSync(join(root, 'dist/bundle')).filter((name) => !/\.c?js$/.test(name))).toEqual([])
  })

  test('has a command that can be started', () => {
    expect(statSync(join(root, 'dist/bundle/glassformer.js')).mode & 0o111).toBe(0o111)
  })

  test('holds every source of the addon', () => {
    const { core, headers, isa } = readJson('native/sources.json')
    const sources = Object.values<{ sources: string[] }>(isa).flatMap((set) => set.sources)
    expect(paths).toEqual(expect.arrayContaining([...core, ...headers, ...sources]))
  })

  test('holds nothing that only a developer needs', () => {
    const wanted = /^(dist|native|models\/fr-en|docs)\/|^(CHANGELOG\.md|LICENSE|README\.md|binding\.gyp|package\.json)$/
    expect(paths.filter((path) => !wanted.test(path))).toEqual(['scripts/native-build.mjs'])
    expect(paths.filter((path) => /\.(map|compiled)$|\.test\.|(^|\/)(build|node_modules)\//.test(path))).toEqual([])
    // What runs is bundled; beside it are types.
    expect(paths.filter((path) => /^dist\/(?!bundle\/)(?!.*\.d\.ts$)/.test(path))).toEqual([])
  })
})

describe('the package in an empty project, installed with install scripts off', () => {
  let project: string
  let uninstallable: string | undefined

  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), 'glassformer-install-'))
    writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n')
    const packed = pack('--pack-destination', project)
    expect(packed.status, packed.stderr).toBe(0)
    const tarball = join(project, onlyPackage(packed.stdout).filename)
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=1', '--fetch-timeout=30000']
    const install = run(project, 'npm', 'install', '--ignore-scripts', '--prefer-offline', ...quiet, tarball)
    // The dependencies come from the registry by npm's cache; without these there is nothing to test here.
    const lacking =
      /EACCES|EROFS|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|E40[134]|E5\d\d/
    uninstallable = install.stderr.match(lacking)?.[0]
    if (!uninstallable) expect(install.status, install.stderr).toBe(0)
  }, TIMEOUT)

  afterAll(() => rmSync(project, { recursive: true, force: true }))

  const program = `
    const { Translator } = await import('glassformer')
    const translator = await Translator.load()
    const { text } = await translator.translate('Je suis étudiant.')
    console.log(text)
    await translator.close()`
  const translateThere = () => {
    writeFileSync(join(project, 'program.mjs'), program)
    return run(project, process.execPath, 'program.mjs')
  }

  test('imports and translates in JavaScript, and says that the native backend is missing', (context) => {
    context.skip(uninstallable !== undefined, `no package registry, or no cache of npm's: ${uninstallable}`)
    const { stdout, stderr } = translateThere()
    expect(stdout.trim(), stderr).toBe("I'm a student.")
    expect(stderr).toMatch(/slower: .+\/build\/Release\/glassformer\.node does not exist\. .*npx glassformer build$/m)
  })

  test('has types that TypeScript takes as it is set up by default', (context) => {
    context.skip(uninstallable !== undefined, `no package registry, or no cache of npm's: ${uninstallable}`)
    writeFileSync(
      join(project, 'typed.mts'),
      `import { Translator } from 'glassformer'\nawait using it = await Translator.load()\n`,
    )
    mkdirSync(join(project, 'node_modules/@types'), { recursive: true })
    for (const types of ['@types/node', 'undici-types'])
      symlinkSync(join(root, 'node_modules', types), join(project, 'node_modules', types))
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022']
    expect(run(project, process.execPath, tsc, ...options, 'typed.mts').stdout).toBe('')
  })

  test(
    "builds its addon by 'npx glassformer build', and then translates natively without a word",
    (context) => {
      context.skip(uninstallable !== undefined, `no package registry, or no cache of npm's: ${uninstallable}`)
      const { missing, headers } = findToolchain()
      context.skip(missing.length > 0, `there is ${missing.join(', and ')}`)
      context.skip(headers === undefined, 'no Node headers on this machine')

      const build = run(project, join(project, 'node_modules/.bin/glassformer'), 'build')
      expect(build.status, `${build.stdout}${build.stderr}`).toBe(0)
      expect(existsSync(join(project, 'node_modules/glassformer/build/Release/glassformer.node'))).toBe(true)
      const { stdout, stderr } = translateThere()
      expect(stdout.trim(), stderr).toBe("I'm a student.")
      expect(stderr).toBe('')
    },
    TIMEOUT,
  )
})
