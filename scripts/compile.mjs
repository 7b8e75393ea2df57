/**
 * Compiles src/ into dist/ and removes files of earlier sources, so that dist/ matches src/ exactly. Programs that
 * users start are also bundled into dist/bundle/: Node spends most of a short run on opening and linking two hundred
 * small modules.
 */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { builtinModules, createRequire } from 'node:module'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { packedModule } from './packed-ngrams.mjs'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const compiled = /\.(d\.ts|js|js\.map)$/

function removeStale() {
  const dist = join(root, 'dist')
  if (!existsSync(dist)) return
  for (const path of readdirSync(dist, { recursive: true })) {
    if (/^(bundle|types)\b/.test(path) || !compiled.test(path)) continue
    const sources = ['.ts', '.tsx'].map((ending) => join(root, 'src', path.replace(compiled, ending)))
    if (!sources.some((source) => existsSync(source))) rmSync(join(dist, path))
  }
}

/**
 * The files of threads are CommonJS, because a thread started with a CommonJS file does not load Node's ES module
 * loader, which takes 6 ms. src/base/package/package-folder.ts tells the code that starts them.
 */
const WORKER = 'use/worker/worker-entry.js'
/** The job that a worker is started for most often. */
const TRANSLATING = 'use/translate/jobs/translate.js'
const THREADS = [WORKER, 'use/translate/parsing/parsing-thread.js', 'engine/backend/wasm/node/wasm-thread.js']

/**
 * Modules that a short translation by the native backend does not need: other backends, formats of other libraries,
 * sound. Worker threads have them in a file that they require where one of them is first used.
 */
const isForLater = (id) => LATER.some(isWithin(id)) && !AT_ONCE.some(isWithin(id))
const isWithin = (id) => (path) => id.startsWith(join(root, 'dist', path))
const LATER = [
  'engine/backend/js/',
  'engine/backend/wasm/',
  'engine/decode/drafts/assistant.js',
  'engine/decode/search/term-search.js',
  'engine/speech/',
  'engine/model/compressed/',
  'engine/model/latents/autoencoder.js',
  'engine/model/local/global-attention.js',
  'engine/program/listing.js',
  'files/folders/adapters/',
  'files/folders/argos/',
  'files/folders/ctranslate2/',
  'files/folders/marian/',
  'formats/ctranslate2/',
  'formats/marian/',
  'formats/marian/npz.js',
  'formats/tensors/pickle.js',
  'formats/tensors/pytorch.js',
  'formats/zip/zip.js',
  'formats/zip/zip-folder.js',
  'files/hub/',
  'language/text/sentencepiece/bpe.js',
  'language/text/sentencepiece/lattice.js',
  'language/text/moses/',
  'language/text/sentences/term-finder.js',
  'language/text/vocabulary-tokenizer.js',
  'language/text/tokenizer/words-tokenizer.js',
  'sound/',
  'use/translate/searches/glossary.js',
  'use/translate/searches/glossary-search.js',
  'use/translate/searches/protected-search.js',
]
/** The code that tells one format from another, and the vocabulary of the embedded model. */
const AT_ONCE = [
  'files/folders/argos/is-argos-package.js',
  'files/folders/ctranslate2/files.js',
  'formats/marian/marian-vocabulary.js',
]

/** Commander is bundled, with its license: opening its seven files one by one takes a twentieth of a short command. */
const COMMANDER = join(root, 'node_modules', 'commander')
const SWAGGER = join(root, 'node_modules', '@fastify/swagger')

/**
 * Modules that libraries require and our use of them does not need. Commander can start subcommands that are separate
 * programs; ours are not, and loading node:child_process takes 3 ms. Without the others, debug has no colors, msgpackr
 * no native code, BullMQ no PostgreSQL, and @fastify/swagger no descriptions from files of YAML.
 */
const isUnused = (source, importer) =>
  ['supports-color', 'msgpackr-extract', 'pg'].includes(source) ||
  (source === 'node:child_process' && importer?.startsWith(COMMANDER)) ||
  (source === 'yaml' && importer?.startsWith(SWAGGER))
const UNUSED = '\0unused'
const withoutUnused = {
  name: 'without unused modules',
  resolveId: { order: 'pre', handler: (source, importer) => (isUnused(source, importer) ? UNUSED : undefined) },
  load: (id) => (id === UNUSED ? 'module.exports = null' : undefined),
}

/**
 * Libraries with a separate file, which the entries and the command share and load on first use: those of queues, of
 * Markdown, of YAML and of zip packages. BullMQ's ES modules allow tree shaking; its entry for Node.js does not.
 */
const LIBRARIES = {
  bullmq: join(root, 'dist/service/queue/redis/libraries.js'),
  'markdown-tree': join(root, 'dist/language/markup/markdown/markdown-tree.js'),
  'yaml-tree': join(root, 'dist/language/markup/plain/yaml-tree.js'),
  'zip-library': join(root, 'dist/formats/zip/zip-library.js'),
}
const BULLMQ = join(root, 'node_modules/bullmq/dist/esm/index.js')
const apartLibraries = {
  name: 'libraries apart',
  resolveId: (source, importer) => {
    const path = importer && join(dirname(importer), source)
    const name = Object.keys(LIBRARIES).find((each) => LIBRARIES[each] === path)
    return name ? { id: `./${name}.js`, external: true } : undefined
  },
}

/** The largest module of all, which the package has in a shorter form. */
const NGRAMS = join(root, 'node_modules/eld/src/ngrams/extrasmall.js')
const shortNgrams = {
  name: 'n-grams of languages in columns',
  load: async (id) => (id === NGRAMS ? packedModule((await import(pathToFileURL(id).href)).ngramsData) : undefined),
}

/** The folders of packages that have been bundled so far; scripts/release/ lists these packages and their licenses. */
const bundledPackages = new Set()

/** The folders of the packages with code in a file. */
function packagesIn({ moduleIds }) {
  const folders = new Set(
    moduleIds.flatMap((id) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0] ?? []),
  )
  for (const folder of folders) bundledPackages.add(relative(root, folder).replaceAll('\\', '/'))
  return [...folders].sort()
}

/** The packages with code in a file, whose licenses lie beside it in one file. */
const mentions = (file) =>
  packagesIn(file)
    .map((folder) => `/*! ${basename(folder)}\nlicense: ${LICENSES} */`)
    .join('\n')

const LICENSES = 'THIRD-PARTY-LICENSES.txt'

/** The licenses of the packages with code in a file that users copy to their servers alone. */
const licenses = (file) =>
  packagesIn(file)
    .map((folder) => `/*! ${basename(folder)}\n${licenseIn(folder)}*/`)
    .join('\n')

/** The license of a package; for one without a license file, the license field of its package.json. */
function licenseIn(folder) {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name))
  if (file) return readFileSync(join(folder, file), 'utf8').replaceAll('*/', '* /')
  const { license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return `${license} license, ${author?.name ?? author}\n`
}

/** Whether more than half of a file is code of libraries. */
function isMostlyLibraries({ modules }) {
  const all = Object.entries(modules ?? {})
  const sum = (some) => some.reduce((total, [, { renderedLength }]) => total + renderedLength, 0)
  return sum(all.filter(([id]) => id.includes('node_modules'))) > sum(all) / 2
}

/** Names of functions and classes stay, so that a stack trace can be read. */
const KEEPS_NAMES = { mangle: { keepNames: true }, compress: { keepNames: { function: true, class: true } } }

/**
 * Rolldown puts its three helpers into a file of their own, which every start would open. They have no state, so that
 * each file of ES modules that imports them may have them for itself.
 */
function withOwnRuntime(output) {
  const runtime = output.find(({ fileName }) => fileName.startsWith('rolldown-runtime-'))
  if (!runtime || !/^export \{[^}]*\};?\s*$/m.test(runtime.code)) return output
  const pairs = (list) =>
    list
      .split(',')
      .map((each) => each.trim().split(' as '))
      .map(([from, as = from]) => [from, as])
  const names = pairs(/^export \{([^}]*)\}/m.exec(runtime.code)[1])
  const helpers = runtime.code.replace(/^export \{[^}]*\};?\s*$/m, '')
  const importing = new RegExp(
    `^import (?:\\{([^}]*)\\} from )?"\\./${runtime.fileName.replaceAll('.', '\\.')}";$`,
    'm',
  )
  return output
    .filter((file) => file !== runtime)
    .map((file) => {
      const imported = importing.exec(file.code)
      if (!imported) return file
      if (!imported[1]) return { ...file, code: file.code.replace(importing, '') }
      const own = pairs(imported[1]).map(([from, as]) => {
        const [name] = names.find(([, exported]) => exported === from)
        return name === as ? '' : `const ${as} = ${name};`
      })
      return { ...file, code: file.code.replace(importing, () => `${helpers}\n${own.join('\n')}`) }
    })
}

/** Minifies files, because every install downloads them; those of libraries and threads wholly. */
async function minified(files, entry) {
  const { minify } = await import('rolldown/utils')
  const isThread = THREADS.includes(entry)
  for (const file of files) {
    const names = isThread || isMostlyLibraries(file) ? {} : KEEPS_NAMES
    const { code } = await minify(file.fileName, file.code, { module: !isThread, ...names })
    const [interpreter] = /^#!.*\n|/.exec(code)
    const text = `${interpreter}${mentions(file)}\n${code.slice(interpreter.length)}`
    writeFileSync(join(root, 'dist/bundle', file.fileName), text)
  }
}

/**
 * Entries of the package and its command, with shared code in one place: an error of one entry is an instance of the
 * other's class, and an install downloads each module once.
 */
const ENTRIES = {
  glassformer: join(root, 'dist/cli/glassformer.js'),
  index: join(root, 'dist/index.js'),
  inspect: join(root, 'dist/look/inspect/index.js'),
  train: join(root, 'dist/learn/train/index.js'),
  serve: join(root, 'dist/service/serve/index.js'),
  transformers: join(root, 'dist/use/pipelines/index.js'),
  queue: join(root, 'dist/service/queue/index.js'),
  speech: join(root, 'dist/use/transcribe/index.js'),
}

/**
 * Files of modules that are loaded together, because the loader of ES modules takes a millisecond for each file: what
 * `glassformer translate` runs, and what the entry of the package loads besides. The command comes first, because it
 * starts most often: its file has nothing in it that only the entry needs. A module of Node.js that a library requires
 * is imported where Commander requires it, and apart from the command's file where only others do: HTTP/2 and the
 * like take longer to load than a sentence takes to be translated.
 */
const groups = (commanderRequires) =>
  Object.entries({
    translate: ['cli/translate/run', 'base/package/package-folder', 'base/schema/docs'],
    core: ['index'],
  }).map(([name, entries], i) => {
    const modules = new Set()
    for (const entry of entries) loadedBy(join(root, 'dist', `${entry}.js`), modules)
    const test = (id) => modules.has(id) || (i === 0 && (id === UNUSED || commanderRequires.has(id)))
    return { name, test, priority: 2 - i }
  })

/** A module by which bundled libraries get a module of Node.js. */
const REQUIRED = 'builtin:esm-external-require-'
const requiredByCommander = () =>
  new Set(
    readdirSync(join(COMMANDER, 'lib')).flatMap((file) =>
      Array.from(
        readFileSync(join(COMMANDER, 'lib', file), 'utf8').matchAll(/require\('(node:[^']+)'\)/g),
        ([, name]) => REQUIRED + name,
      ),
    ),
  )

/** A compiled module of ours and all that it imports at its start. */
function loadedBy(path, found = new Set()) {
  if (found.has(path)) return found
  found.add(path)
  for (const [, from] of readFileSync(path, 'utf8').matchAll(
    /^(?:import|export)\b[^'"();]*['"](\.{1,2}\/[^'"]+)['"]/gm,
  ))
    loadedBy(join(dirname(path), from), found)
  return found
}

/** OpenTelemetry is the user's own for spans, which need it; prom-client, which requires it in any case, has it built in. */
const hasOpenTelemetry = {
  name: 'OpenTelemetry of libraries is built in',
  resolveId: (source, importer) =>
    source === '@opentelemetry/api' && !importer.includes('node_modules') ? { id: source, external: true } : undefined,
}

/**
 * The result of `require` for an entry: its ES module. Jest's `require` cannot load one before Node 24; Node's own can,
 * and is found outside the context that Jest creates. Bundlers use the ES module by the condition "module".
 */
const required = (name) => `'use strict'
const node = require('node:vm').runInThisContext("globalThis.process?.getBuiltinModule?.('node:module')")
module.exports = node ? node.createRequire(__filename)('./${name}.js') : require('./${name}.js')
`

/** Each started program is one file, except for modules that it loads on demand. */
async function bundle() {
  const { rolldown } = await import('rolldown')
  const { esmExternalRequirePlugin } = await import('rolldown/plugins')
  const { laterImports, withRequires } = await import('./later-imports.mjs')
  const { patternsOnFirstUse } = await import('./patterns-on-first-use.mjs')
  const dist = (path) => join(root, 'dist', path)
  rmSync(dist('bundle'), { recursive: true, force: true })
  const external = ['@resvg/resvg-js']
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  for (const entry of [ENTRIES, LIBRARIES, ...THREADS]) {
    const bundled = await rolldown({
      input: typeof entry === 'string' ? dist(entry) : entry,
      external,
      platform: 'node',
      cwd: root,
      plugins: [
        withoutUnused,
        // Bundled CommonJS imports modules of Node.js. Rolldown would make a `require` from import.meta.url, which fails
        // where the package is bundled again as CommonJS, whose modules have no URL.
        esmExternalRequirePlugin({ external: [/^node:/, ...builtinModules] }),
        apartLibraries,
        shortNgrams,
        patternsOnFirstUse((id) => id.startsWith(dist('')) && !id.includes('node_modules')),
        hasOpenTelemetry,
        ...(entry === WORKER
          ? [laterImports([...loadedBy(dist(TRANSLATING), loadedBy(dist(WORKER)))].filter(isForLater).sort())]
          : []),
      ],
      resolve: { alias: { bullmq: BULLMQ } },
      preserveEntrySignatures: 'allow-extension',
      transform: {
        define: {
          GLASSFORMER_BUNDLED: JSON.stringify(version),
          'typeof require': '"function"',
          'require.main': 'null',
          'require.cache': 'undefined',
        },
      },
      treeshake: { moduleSideEffects: (id) => !id.startsWith(dirname(BULLMQ)) },
    })
    const [format, suffix] = THREADS.includes(entry) ? ['cjs', 'cjs'] : ['esm', 'js']
    const names = { entryFileNames: `[name].${suffix}`, chunkFileNames: `[name]-[hash].${suffix}` }
    const splitting =
      entry === ENTRIES ? { groups: groups(requiredByCommander()), includeDependenciesRecursively: false } : {}
    const { output } = await bundled.write({
      dir: dist('bundle'),
      format,
      ...names,
      comments: false,
      banner: mentions,
      codeSplitting: splitting,
    })
    const files = format === 'esm' ? withOwnRuntime(output) : withRequires(output)
    for (const { fileName } of output)
      if (!files.some((each) => each.fileName === fileName)) rmSync(dist(`bundle/${fileName}`))
    await minified(files, entry)
    await bundled.close()
  }
  for (const name of [...Object.keys(ENTRIES).filter((each) => each !== 'glassformer'), 'web'])
    writeFileSync(dist(`bundle/${name}.cjs`), required(name))
  await bundleWeb()
  await bundleLicenses(dist)
  // npx sets this mode once, and not again after the file has been rewritten.
  chmodSync(dist('bundle/glassformer.js'), 0o755)
}

/** Writes the list of bundled packages, and their licenses. */
async function bundleLicenses(dist) {
  writeFileSync(dist('bundled-packages.json'), `${JSON.stringify([...bundledPackages].sort(), null, 2)}\n`)
  const { bundledComponents } = await import('./release/sbom.mjs')
  const { licenseTexts } = await import('./release/license-texts.mjs')
  writeFileSync(dist(`bundle/${LICENSES}`), licenseTexts(bundledComponents()))
}

/**
 * The files for browsers: the entry, and its worker in one file, which a page may start from any URL. A test checks
 * that the entry imports nothing from Node.js.
 */
async function bundleWeb() {
  const { rolldown } = await import('rolldown')
  for (const [name, file] of [
    ['web', 'dist/use/web/index.js'],
    ['web-worker', 'dist/use/web/web-worker.js'],
  ]) {
    const bundled = await rolldown({
      input: { [name]: join(root, file) },
      // The entry loads the worker's file where it runs a model itself.
      external: name === 'web' ? [/\/web-worker\.js$/] : [],
      platform: 'browser',
      preserveEntrySignatures: 'allow-extension',
      cwd: root,
    })
    await bundled.write({
      dir: join(root, 'dist/bundle'),
      format: 'esm',
      minify: true,
      comments: false,
      postBanner: licenses,
      entryFileNames: '[name].js',
      chunkFileNames: 'web-[name]-[hash].js',
      // A page opened from a disk cannot start a module worker.
      ...(name === 'web-worker' && { codeSplitting: false, format: 'iife' }),
    })
    await bundled.close()
  }
}

/** The headers for users' builds of the addon, and their license. */
const NODE_ADDON_API = ['napi.h', 'napi-inl.h', 'napi-inl.deprecated.h', 'LICENSE.md']

/** Type-checks, compiles and bundles; `errors` are the compiler's messages. */
export async function compile() {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json'], {
    cwd: root,
    encoding: 'utf8',
  })
  removeStale()
  if (status === 0) {
    // Copied for the package: a file at its root would make package managers build by it.
    copyFileSync(join(root, 'binding.gyp'), join(root, 'dist/binding.gyp'))
    mkdirSync(join(root, 'dist/node-addon-api'), { recursive: true })
    for (const name of NODE_ADDON_API)
      copyFileSync(join(root, 'node_modules/node-addon-api', name), join(root, 'dist/node-addon-api', name))
    const { commentSettings } = await import('./setting-comments.mjs')
    await commentSettings(join(root, 'dist'))
    const { packageTypes } = await import('./package-types.mjs')
    packageTypes(join(root, 'dist'), [
      'index',
      ...[
        'look/inspect',
        'learn/train',
        'use/pipelines',
        'service/queue',
        'service/serve',
        'use/transcribe',
        'use/web',
      ].map((name) => `${name}/index`),
    ])
    await bundle()
    const { bundlePages } = await import('./page-bundle.mjs')
    await bundlePages(root)
  }
  return { ok: status === 0, errors: `${stdout}${stderr}`.trim() }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { ok, errors } = await compile()
  if (errors) console.error(errors)
  process.exitCode = ok ? 0 : 1
}
