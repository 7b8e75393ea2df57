/**
 * Imports that are evaluated where one of their names is first used. A bundle of worker threads would else parse other
 * backends and formats of other libraries before its first sentence, which took 7 % of the processor time of a few
 * words.
 */
import { dirname, join } from 'node:path'
import { parseAst } from 'rolldown/parseAst'
import { edited, referencesTo } from './references.mjs'

/** Stands for a `require` until the bundle is written: only `import()` gives modules a file of their own. */
const REQUIRED = 'requiredLater$'
/** All modules for later, so that they have one file. */
const ALL = 'worker-later'

/** Turns the imports of these modules, by modules that are not among them, into calls. */
export const laterImports = (modules) => ({
  name: 'imports for later',
  resolveId: (source) => (source === ALL ? ALL : undefined),
  load: (id) =>
    id === ALL ? modules.map((each, i) => `export * as later${i} from ${JSON.stringify(each)}`).join('\n') : undefined,
  transform: (code, id) =>
    id === ALL || modules.includes(id)
      ? undefined
      : withLaterImports(code, (source) => modules.indexOf(join(dirname(id), source))),
})

/**
 * The module with calls in place of its imports for later; undefined where it has none. `numberOf` returns the number of
 * a source among the modules for later, or -1.
 */
export function withLaterImports(code, numberOf) {
  const { body } = parseAst(code)
  const imports = body.filter(({ type, source }) => type === 'ImportDeclaration' && numberOf(source.value) >= 0)
  const edits = imports.flatMap(({ start, end, source, specifiers }) => {
    const imported = new Map(specifiers.map((each) => [each.local.name, each.imported.name]))
    const textOf = (name) => `(later$().later${numberOf(source.value)}.${imported.get(name)})`
    const references = [...referencesTo(imported.keys(), body, new Set(specifiers), textOf).values()]
    if (references.includes(null))
      throw new Error(`a name of ${source.value} is exported or hidden: it cannot be imported later`)
    return [{ start, end, text: '' }, ...references.flat()]
  })
  const load = `var laterModules$\nfunction later$() { return (laterModules$ ??= ${REQUIRED}(import('${ALL}'))) }`
  return edits.length ? `${edited(code, edits)}\n${load}` : undefined
}

/**
 * The files of a bundle in CommonJS, `{ fileName, code, isEntry }`, with a `require` for each import that is evaluated on
 * first use. The bundler has a file of its own for modules that every other file shares; they are in the entry instead,
 * from which each start would open them.
 */
export function withRequires(files) {
  const entry = files.find(({ isEntry }) => isEntry)
  const found = /^const (\w+) = require\("\.\/([\w-]+\.cjs)"\);$/m.exec(entry.code)
  const shared = found && files.find(({ fileName }) => fileName === found[2])
  const inside =
    shared && `const ${found[1]} = exports.shared$ = ((exports) => {\n${shared.code}\nreturn exports\n})({});`
  return files
    .filter((file) => file !== shared)
    .map((file) => {
      const code = withRequire(file.code)
      if (!shared) return { ...file, code }
      if (file === entry) return { ...file, code: code.replace(found[0], () => inside) }
      return {
        ...file,
        code: code.replace(`require("./${shared.fileName}")`, `require("./${entry.fileName}").shared$`),
      }
    })
}

function withRequire(code) {
  const imported = new RegExp(
    `${REQUIRED.replace('$', '\\$')}\\(Promise\\.resolve\\(\\)\\.then\\(\\(\\) => (require\\("[^"]+"\\))\\)\\)`,
    'g',
  )
  const changed = code.replace(imported, (_, required) => required)
  if (changed.includes(REQUIRED)) throw new Error('the bundler writes import() in another way than it is read here')
  return changed
}
