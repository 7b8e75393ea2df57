import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { pack } from './installing.ts'
import { links } from './links.ts'
import { readJson, readText, root } from './repository.ts'

/** The folders in which a path lies. */
const foldersOf = (path: string): string[] => (path.includes('/') ? [dirname(path), ...foldersOf(dirname(path))] : [])

describe('npm pack', () => {
  const { files } = pack('--dry-run')
  const paths = files.map(({ path }) => path)

  test('holds what a user needs', () => {
    expect(paths).toEqual(
      expect.arrayContaining([
        'CHANGELOG.md',
        'LICENSE',
        'SECURITY.md',
        'README.md',
        'dist/binding.gyp',
        'dist/bundle/THIRD-PARTY-LICENSES.txt',
        'dist/bundle/glassformer.js',
        'dist/bundle/index.js',
        'dist/bundle/inspect.js',
        'dist/bundle/memory-thread.cjs',
        'dist/bundle/page.html',
        'dist/bundle/parsing-thread.cjs',
        'dist/bundle/queue.js',
        'dist/bundle/server-page.html',
        'dist/bundle/train.js',
        'dist/bundle/wasm-thread.cjs',
        'dist/bundle/web-encoder-worker.js',
        'dist/bundle/web-encoder.js',
        'dist/bundle/web-speech-worker.js',
        'dist/bundle/web-speech.js',
        'dist/bundle/web-worker.js',
        'dist/bundle/web.js',
        'dist/bundle/worker-entry.cjs',
        'dist/types/index.d.cts',
        'dist/types/index.d.ts',
        'dist/types/learn/train/index.d.cts',
        'dist/types/learn/train/index.d.ts',
        'dist/types/look/inspect/index.d.cts',
        'dist/types/look/inspect/index.d.ts',
        'dist/types/service/queue/index.d.cts',
        'dist/types/service/queue/index.d.ts',
        'models/fr-en/config.json',
        'models/fr-en/model.safetensors',
        'models/silero-vad-v6/LICENSE',
        'models/silero-vad-v6/weights.f24',
        'native/sources.json',
        'package.json',
        'dist/node-addon-api/napi.h',
        'scripts/mpi-build.mjs',
        'scripts/native-build.mjs',
        'scripts/node-gyp.mjs',
      ]),
    )
  })

  test('contains no code compiled by V8, which would run unchecked', () => {
    expect(readdirSync(join(root, 'dist/bundle')).filter((name) => !/\.c?js$/.test(name))).toEqual([
      'THIRD-PARTY-LICENSES.txt',
      'page.html',
      'server-page.html',
    ])
  })

  test('has the libraries of documents and queues, with their licenses, in files of their own that no start loads', () => {
    const files = readdirSync(join(root, 'dist/bundle')).filter((name) => name.endsWith('.js'))
    const texts = new Map(files.map((name) => [name, readFileSync(join(root, 'dist/bundle', name), 'utf8')]))
    const loaded = (name: string, seen = new Set<string>()): Set<string> => {
      if (seen.has(name)) return seen
      seen.add(name)
      const imports = texts.get(name)!.matchAll(/^(?:import|export)\b[^'"]*["']\.\/([^'"]+)["']/gm)
      for (const [, other] of imports) loaded(other, seen)
      return seen
    }
    const having = (license: string) => files.filter((name) => texts.get(name)!.includes(`/*! ${license}\n`))
    for (const library of ['htmlparser2', 'entities', 'micromark', 'mdast-util-from-markdown', 'bullmq', 'ioredis']) {
      expect(having(library), library).not.toEqual([])
      for (const entry of ['index.js', 'inspect.js', 'train.js', 'transformers.js', 'glassformer.js'])
        expect(
          having(library).filter((name) => loaded(entry).has(name)),
          `${entry}: ${library}`,
        ).toEqual([])
    }
  })

  test('has a command that can be started', () => {
    expect(statSync(join(root, 'dist/bundle/glassformer.js')).mode & 0o111).toBe(0o111)
  })

  test('holds every source of the addon', () => {
    const { core, kernels, included, mpi } = readJson('native/sources.json')
    expect(paths).toEqual(expect.arrayContaining([...core, ...kernels, ...included, ...mpi]))
  })

  test('needs no other package', () => {
    expect(readJson('package.json')).not.toHaveProperty('dependencies')
  })

  test('says where its repository, its page and its issues are', () => {
    const { repository, homepage, bugs, keywords } = readJson('package.json')
    expect(repository.url).toMatch(/^git\+https:\/\/github\.com\/([\w-]+\/[\w-]+)\.git$/)
    const [, name] = /github\.com\/(.*)\.git$/.exec(repository.url)!
    expect([homepage, bugs]).toEqual([`https://github.com/${name}#readme`, `https://github.com/${name}/issues`])
    expect(keywords).toContain('translation')
  })

  test('holds what its pages link to, but for pictures of the inspector, which are large', () => {
    const held = new Set(paths.flatMap((path) => [path, ...foldersOf(path)]))
    const broken = paths
      .filter((path) => path.endsWith('.md') && !path.startsWith('dist/'))
      .flatMap((page) =>
        links(readText(page))
          .filter((target) => !/^([a-z]+:|#)/.test(target))
          .map((target) => normalize(join(dirname(page), target.split('#')[0]!)).replace(/\/$/, ''))
          .filter((path) => !held.has(path) && !path.startsWith('docs/pictures/inspector/'))
          .map((path) => `${page}: ${path}`),
      )
    expect(broken).toEqual([])
  })

  test('holds nothing that only a developer needs', () => {
    const wanted =
      /^(dist|native|prebuilds|wasm|models\/(fr-en|silero-vad-v6)|docs|deploy|examples)\/|^(LICENSE|package\.json|(test\/README|\w+)\.md)$/
    expect(paths.filter((path) => !wanted.test(path))).toEqual([
      'scripts/mpi-build.mjs',
      'scripts/native-build.mjs',
      'scripts/node-gyp.mjs',
    ])
    expect(paths.filter((path) => /\.(map|compiled)$|\.test\.|^build\/|(^|\/)node_modules\//.test(path))).toEqual([])
    // All code is bundled. Beside it are types, and binding.gyp, where no package manager builds by it unasked.
    expect(paths.filter((path) => /^dist\/(?!bundle\/)(?!node-addon-api\/)(?!.*\.d\.c?ts$)/.test(path))).toEqual([
      'dist/binding.gyp',
    ])
  })
})
