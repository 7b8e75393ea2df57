/** The bundler's plugins. */
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin, RenderedChunk } from 'rolldown'
import { minify } from 'rolldown/utils'
import { packedModule } from './packed-ngrams.ts'

/** Stands in for a module of Node.js that a library requires. */
const NODE = '\0node:'

/**
 * Modules of Node.js that CommonJS requires are asked for where they are required. The bundler would import all of them
 * at the start, or make a `require` from import.meta.url, which fails where the package is bundled again as CommonJS.
 */
export const nodeModules = {
  name: 'modules of Node.js that libraries require',
  isStandIn: (id: string) => id.startsWith(NODE),
  resolveId: {
    order: 'pre',
    handler: (source: string, _importer: string | undefined, { kind }: { kind: string }) =>
      kind === 'require-call' && (source.startsWith('node:') || builtinModules.includes(source))
        ? { id: NODE + source.replace('node:', ''), moduleSideEffects: false }
        : undefined,
  },
  load: (id: string) =>
    id.startsWith(NODE) ? `module.exports = process.getBuiltinModule('node:${id.slice(NODE.length)}')` : undefined,
} satisfies Plugin & { isStandIn(id: string): boolean }

/** The largest module of all, which the package has in a shorter form. */
const NGRAMS = 'node_modules/eld/src/ngrams/extrasmall.js'

const UNUSED = '\0unused'

/** What is changed in libraries; `files` are the modules that have a file of their own, by its name. */
export const libraryPlugins = (root: string, files: Record<string, string>): Plugin[] => [
  {
    name: 'optional modules of libraries',
    // Without them debug has no colors, msgpackr no native code, BullMQ no PostgreSQL, and @fastify/swagger no
    // descriptions from files of YAML.
    resolveId: (source, importer) =>
      ['supports-color', 'msgpackr-extract', 'pg'].includes(source) ||
      (source === 'yaml' && importer?.startsWith(join(root, 'node_modules/@fastify/swagger')))
        ? UNUSED
        : undefined,
    load: (id) => (id === UNUSED ? 'module.exports = null' : undefined),
  },
  {
    name: 'libraries with a file of their own',
    resolveId(source, importer) {
      const path = importer && join(dirname(importer), source)
      const name = Object.keys(files).find((each) => files[each] === path)
      return name ? { id: `./${name}.js`, external: true } : undefined
    },
  },
  {
    name: 'n-grams of languages in columns',
    load: async (id) =>
      id === join(root, NGRAMS) ? packedModule((await import(pathToFileURL(id).href)).ngramsData) : undefined,
  },
  {
    // OpenTelemetry is the user's own for spans, which need it; prom-client, which requires it in any case, has it
    // built in.
    name: 'OpenTelemetry of libraries is built in',
    resolveId: (source, importer) =>
      source === '@opentelemetry/api' && !importer?.includes('node_modules')
        ? { id: source, external: true }
        : undefined,
  },
]

/**
 * Minifies files, because every install downloads them. Our code keeps its lines and its names: Node.js prints the line
 * of an error that nobody catches, and a stack trace can be read.
 */
export const minified: Plugin = {
  name: 'minified',
  async renderChunk(code, chunk, { format }) {
    const own = isMostlyLibraries(chunk) ? {} : READABLE
    const result = await minify(chunk.fileName, code, { module: format === 'es', ...own })
    if (result.errors.length) throw new Error(result.errors.map(({ message }) => message).join('\n'))
    return result.code
  },
}

const READABLE = {
  mangle: { keepNames: true },
  compress: { keepNames: { function: true, class: true } },
  codegen: { removeWhitespace: false },
}

/** Whether more than half of a file's modules are those of libraries. */
const isMostlyLibraries = ({ moduleIds }: RenderedChunk): boolean =>
  moduleIds.filter((id) => id.includes('node_modules')).length > moduleIds.length / 2
