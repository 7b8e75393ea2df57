/**
 * Bundles what users start into dist/bundle/: Node.js spends most of a short run on opening and linking hundreds of
 * small modules.
 */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RolldownOptions, rolldown } from 'rolldown'
import { Licenses, THIRD_PARTY } from './bundle/licenses.ts'
import { libraryPlugins, minified, nodeModules } from './bundle/plugins.ts'
import { loadedTogether } from './bundle/together.ts'
import { licenseTexts } from './release/license-texts.ts'
import { bundledComponents } from './release/sbom.ts'

/**
 * Entries of the package and its command, with shared code in one place: an error of one entry is an instance of the
 * other's class, and an install downloads each module once.
 */
const ENTRIES = {
  glassformer: 'cli/glassformer',
  index: 'index',
  inspect: 'look/inspect/index',
  train: 'learn/train/index',
  serve: 'service/serve/index',
  transformers: 'use/pipelines/index',
  queue: 'service/queue/index',
  speech: 'use/transcribe/index',
  reader: 'use/read/index',
  encoder: 'use/encode/index',
}

/** Libraries that the entries and the threads load on first use, and therefore have one file each for both. */
const LIBRARIES = {
  bullmq: 'service/queue/redis/libraries',
  'markdown-tree': 'language/markup/markdown/markdown-tree',
  'yaml-tree': 'language/markup/plain/yaml-tree',
  'zip-library': 'formats/zip/zip-library',
}

/**
 * The files of threads are CommonJS, because a thread started with a CommonJS file does not load Node's ES module
 * loader, which takes 6 ms. src/base/package/package-folder.ts tells the code that starts them.
 */
const THREADS = {
  'worker-entry': 'use/worker/worker-entry',
  'parsing-thread': 'use/translate/parsing/parsing-thread',
  'memory-thread': 'service/serve/memories/memory-thread',
  'wasm-thread': 'engine/backend/wasm/node/wasm-thread',
}

/** The job that workers are started for most often. */
const TRANSLATING = 'use/translate/jobs/translate'

/** The entries for browsers, which share what they have in common, and their workers in one file each, which a page may start from any URL. */
const WEB = { web: 'use/web/index', 'web-encoder': 'use/web/encoder/index', 'web-speech': 'use/web/speech/index' }
const WEB_WORKERS = {
  'web-worker': 'use/web/web-worker',
  'web-encoder-worker': 'use/web/web-encoder-worker',
  'web-speech-worker': 'use/web/web-speech-worker',
}

/** What `glassformer translate` runs, and what the entry of the package loads besides. */
const TOGETHER = {
  translate: ['cli/translate/run', 'base/package/package-folder', 'base/schema/docs'],
  core: ['index'],
}

/** Writes dist/bundle/ from the compiled modules in dist/. */
export async function bundle(root: string): Promise<void> {
  const folder = join(root, 'dist/bundle')
  const compiled = (name: string) => join(root, 'dist', `${name}.js`)
  const inputOf = (names: Record<string, string>) =>
    Object.fromEntries(Object.entries(names).map(([name, path]) => [name, compiled(path)]))
  const licenses = new Licenses(root)
  const libraries = inputOf(LIBRARIES)
  const forNode = { ...optionsForNode(root), plugins: [nodeModules, ...libraryPlugins(root, libraries), minified] }
  rmSync(folder, { recursive: true, force: true })

  const checks = { bundlerTimings: false } // it prints how long plugins take
  async function write(input: Record<string, string>, { output, ...options }: RolldownOptions): Promise<void> {
    const bundled = await rolldown({ input, cwd: root, preserveEntrySignatures: 'allow-extension', checks, ...options })
    await bundled.write({
      dir: folder,
      format: 'esm',
      comments: false,
      minify: false, // else the bundler writes files once more after the plugin that minifies them
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
      ...output,
    })
    await bundled.close()
  }

  const postBanner = licenses.mentioned
  const groups = loadedTogether(
    Object.entries(TOGETHER).map(([name, entries]) => ({ name, entries: entries.map(compiled) })),
    nodeModules.isStandIn,
  )
  const codeSplitting = { groups, includeDependenciesRecursively: false }
  await write(inputOf(ENTRIES), { ...forNode, output: { postBanner, codeSplitting } })
  await write(libraries, { ...forNode, output: { postBanner } })
  const threads = { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' } as const
  for (const [name, path] of Object.entries(THREADS)) {
    // A worker that translates, as most do, opens one file.
    const together = { name: 'translating', entries: [path, TRANSLATING].map(compiled) }
    const groups = name === 'worker-entry' && loadedTogether([together], () => false)
    const codeSplitting = groups ? { groups, includeDependenciesRecursively: false } : {}
    await write({ [name]: compiled(path) }, { ...forNode, output: { ...threads, postBanner, codeSplitting } })
  }
  await writeForBrowsers()

  for (const name of [...Object.keys(WEB), ...Object.keys(ENTRIES)])
    if (name !== 'glassformer') writeFileSync(join(folder, `${name}.cjs`), required(name))
  // npx sets this mode once, and not again after the file has been rewritten.
  chmodSync(join(folder, 'glassformer.js'), 0o755)
  writeFileSync(join(root, 'dist/bundled-packages.json'), `${JSON.stringify(licenses.packages, null, 2)}\n`)
  writeFileSync(join(folder, THIRD_PARTY), licenseTexts(bundledComponents()) ?? '')

  async function writeForBrowsers(): Promise<void> {
    const output = { minify: true, postBanner: licenses.whole, chunkFileNames: 'web-[name]-[hash].js' }
    const browser = { platform: 'browser' } as const
    // The entries load a worker's file where they run a model themselves.
    await write(inputOf(WEB), { ...browser, external: /\/web-(?:[a-z]+-)?worker\.js$/, output })
    // A page opened from a disk cannot start a module worker.
    for (const input of Object.entries(inputOf(WEB_WORKERS)))
      await write(Object.fromEntries([input]), {
        ...browser,
        output: { ...output, codeSplitting: false, format: 'iife' },
      })
  }
}

/** How everything that runs in Node.js is bundled. */
function optionsForNode(root: string) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  // BullMQ's ES modules allow tree shaking; its entry for Node.js does not.
  const bullmq = join(root, 'node_modules/bullmq/dist/esm/index.js')
  return {
    platform: 'node',
    external: ['@resvg/resvg-js', 'sharp'],
    resolve: { alias: { bullmq } },
    transform: {
      define: {
        GLASSFORMER_BUNDLED: JSON.stringify(version),
        'typeof require': '"function"',
        'require.main': 'null',
        'require.cache': 'undefined',
      },
    },
    treeshake: { moduleSideEffects: (id: string) => !id.startsWith(join(bullmq, '..')) },
  } satisfies RolldownOptions
}

/**
 * The result of `require` for an entry: its ES module. Jest's `require` cannot load one before Node 24; Node's own can,
 * and is found outside the context that Jest creates. Bundlers use the ES module by the condition "module".
 */
const required = (name: string) => `'use strict'
const node = require('node:vm').runInThisContext("globalThis.process?.getBuiltinModule?.('node:module')")
module.exports = node ? node.createRequire(__filename)('./${name}.js') : require('./${name}.js')
`
