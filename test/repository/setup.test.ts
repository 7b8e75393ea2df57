import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from './repository.ts'

/**
 * A small project with our build, in a folder whose name has to be quoted, on a machine whose PATH has Node and nothing else. Each
 * test finds what those before it have left.
 */
describe('npm run setup without a compiler', { shuffle: false }, () => {
  let project: string
  const at = (path: string) => join(project, path)

  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), "glassformer's setup "))
    for (const path of ['package.json', 'package-lock.json', 'tsconfig.json', 'binding.gyp', 'scripts', 'native'])
      cpSync(join(root, path), at(path), { recursive: true })
    // Links to each package: an installation in this project would empty a folder that is linked itself.
    mkdirSync(at('node_modules'))
    for (const name of readdirSync(join(root, 'node_modules')))
      symlinkSync(join(root, 'node_modules', name), at(`node_modules/${name}`))
    const modules = [
      'first',
      'index',
      'look/inspect/index',
      'learn/train/index',
      'language/markup/markdown/markdown-tree',
      'language/markup/plain/yaml-tree',
      'formats/zip/zip-library',
      'use/pipelines/index',
      'use/encode/index',
      'use/read/index',
      'use/transcribe/index',
      'service/queue/index',
      'service/queue/redis/libraries',
      'service/serve/index',
    ]
    modules.push(
      'use/web/index',
      'use/web/web-worker',
      'use/web/encoder/index',
      'use/web/web-encoder-worker',
      'use/web/speech/index',
      'use/web/web-speech-worker',
      'use/worker/worker-entry',
      'use/translate/parsing/parsing-thread',
      'service/serve/memories/memory-thread',
    )
    modules.push(
      'engine/backend/wasm/node/wasm-thread',
      'cli/glassformer',
      'cli/translate/run',
      'base/package/package-folder',
    )
    for (const path of [...modules, 'draw/palette', 'look/page/main', 'service/page/main'])
      mkdirSync(dirname(at(`src/${path}`)), { recursive: true })
    mkdirSync(at('bin'))
    symlinkSync(process.execPath, at('bin/node'))
    for (const path of modules) writeFileSync(at(`src/${path}.ts`), 'export const first: number = 1\n')
    // Comments of settings are made from schemas, of which this project has none.
    mkdirSync(at('src/base/schema'), { recursive: true })
    writeFileSync(at('src/base/schema/docs.ts'), 'export const defaultInWords = () => null\n')
    // Scripts of their own have no exports.
    for (const worker of ['web-worker', 'web-encoder-worker', 'web-speech-worker'])
      writeFileSync(at(`src/use/web/${worker}.ts`), 'console.log(1)\n')
    // The pages are type-checked by configurations of their own; that of `inspect` takes its colors from the palette.
    cpSync(join(root, 'src/draw/marks/palette.ts'), at('src/draw/marks/palette.ts'))
    for (const page of ['look/page', 'service/page'])
      writeFileSync(at(`src/${page}/main.tsx`), 'document.title = String(1 as number)\n')
    writeFileSync(at('src/second.ts'), 'export const second: number = 2\n')
  })

  afterAll(() => rmSync(project, { recursive: true, force: true }))

  function setup(more = {}) {
    const { CXX, ...inherited } = process.env
    const env = { ...inherited, ...more, PATH: at('bin'), NODE_GYP_FORCE_PYTHON: '', PYTHON: '' }
    const options = { cwd: project, env, encoding: 'utf8' } as const
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/setup.mjs'], options)
    return { status, stderr, lines: stdout.trim().split('\n') }
  }

  test('says why in one paragraph, and compiles the TypeScript', () => {
    const { status, stderr, lines } = setup()
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    // Without a terminal: each step says what it does when it begins, and when it is done.
    const typescript = lines.filter((line) => line.startsWith('typescript'))
    expect(typescript).toEqual([
      expect.stringMatching(/ … {2}compiling src\/ into dist\/$/),
      expect.stringMatching(/ \d+\.\d s {2}dist\/$/),
    ])
    const paragraphs = lines.filter((line) => line.includes('native backend was not built'))
    expect(paragraphs).toHaveLength(1)
    for (const part of ['no C++ compiler', 'no make', 'plain JavaScript', 'npm run setup'])
      expect(paragraphs[0]).toContain(part)
    for (const path of ['first.js', 'bundle/index.js', 'bundle/worker-entry.cjs', 'bundle/glassformer.js'])
      expect(existsSync(at(`dist/${path}`)), path).toBe(true)
  })

  test('does nothing the second time, and says so in one line', () => {
    const { status, lines } = setup()
    expect(status).toBe(0)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/up to date.*no C\+\+ compiler/)
  })

  test('does a step again whose notes are damaged', () => {
    writeFileSync(at('.setup/state.json'), '{"typescript": ')
    const { status, lines } = setup()
    expect(status).toBe(0)
    expect(lines.some((line) => line.startsWith('typescript'))).toBe(true)
    expect(setup().lines).toHaveLength(1)
  })

  test('takes over the lock of a process that is gone', () => {
    const { pid } = spawnSync(process.execPath, ['--version'])
    writeFileSync(at('.setup/lock'), String(pid))
    expect(setup()).toMatchObject({ status: 0, lines: [expect.stringMatching(/up to date/)] })
    expect(existsSync(at('.setup/lock'))).toBe(false)
  })

  test('takes over a lock that a full disk has left empty', () => {
    writeFileSync(at('.setup/lock'), '')
    utimesSync(at('.setup/lock'), 0, Date.now() / 1000 - 60)
    expect(setup()).toMatchObject({ status: 0, lines: [expect.stringMatching(/up to date/)] })
  })

  test('installs the packages of developers, whatever NODE_ENV says', () => {
    const tell = `import { writeFileSync } from 'node:fs'; writeFileSync('asked.json', JSON.stringify(process.argv.slice(2)))`
    writeFileSync(at('npm.js'), tell)
    writeFileSync(at('package-lock.json'), '{ "packages": {} }')
    setup({ NODE_ENV: 'production', npm_execpath: at('npm.js') })
    cpSync(join(root, 'package-lock.json'), at('package-lock.json'))
    expect(JSON.parse(readFileSync(at('asked.json'), 'utf8'))).toEqual(expect.arrayContaining(['ci', '--include=dev']))
  })

  test('removes from dist/ what no source stands behind any more', () => {
    rmSync(at('src/second.ts'))
    const { lines } = setup()
    expect(lines.some((line) => line.startsWith('typescript'))).toBe(true)
    for (const name of ['second.js', 'second.d.ts', 'second.js.map'])
      expect(existsSync(at(`dist/${name}`)), name).toBe(false)
    expect(existsSync(at('dist/first.js'))).toBe(true)
  })

  test('says that lists have to be generated where an op is new, or where a list is missing', () => {
    for (const path of ['src/base', 'src/engine/backend', 'src/engine/program'])
      cpSync(join(root, path), at(path), { recursive: true })
    const row = readFileSync(at('src/engine/program/ops/add.ts'), 'utf8').replace(/\badd\b/g, 'plus')
    writeFileSync(at('src/engine/program/ops/plus.ts'), row)
    const { status, stderr } = setup()
    expect(status).toBe(1)
    expect(stderr).toMatch(/run npm run generate.*op-table\.ts.*native\/generated\/rows\.h/s)

    rmSync(at('src/engine/program/ops/plus.ts'))
    rmSync(at('src/engine/backend/js/kernels.ts'))
    expect(setup()).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/run npm run generate\n.*kernels\.ts\n$/),
    })
    rmSync(at('src/engine/program'), { recursive: true })
  })

  test('fails where the TypeScript does not compile, with what the compiler said', () => {
    writeFileSync(at('src/first.ts'), "export const first: number = 'one'\n")
    const { status, stderr } = setup()
    expect(status).toBe(1)
    expect(stderr).toMatch(/first\.ts.*TS2322/)
  })
})
