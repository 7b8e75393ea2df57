/**
 * Formats in which programs store their strings in two languages. Each function returns a reader: given the folder of
 * the program, the reader yields pairs [French, English] as the files have them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'

const text = (folder, path) => readFileSync(join(folder, path), 'utf8')
const parsed = (folder, path) => JSON.parse(text(folder, path))

/** The paths in `folder` of the files below `path` with matching paths. */
const filesBelow = (folder, path, pattern) =>
  readdirSync(join(folder, path), { recursive: true })
    .map((file) => join(path, file))
    .filter((file) => pattern.test(file))

/** Every string of a nested object under the path of its keys. */
function flat(value, path = '', strings = new Map()) {
  if (typeof value === 'string') strings.set(path, value)
  else if (value !== null && typeof value === 'object')
    for (const key of Object.keys(value)) flat(value[key], `${path}/${key}`, strings)
  return strings
}

function* matched(french, english) {
  const ours = flat(english)
  for (const [path, string] of flat(french)) if (ours.has(path)) yield [string, ours.get(path)]
}

/** Two JSON files with the same keys, either below the name of the language or at the top level. */
export const json = (french, english) => (folder) => {
  const [there, here] = [parsed(folder, french), parsed(folder, english)]
  return matched(there.fr ?? there, here.en ?? here)
}

/** Files [French, English, export of the first, export of the second] that are modules of JavaScript; all exports by default. */
export const modules = (...files) =>
  async function* (folder) {
    const require = createRequire(import.meta.url)
    for (const [french, english, ofFrench, ofEnglish] of files) {
      const load = async (path) =>
        /\.mjs$/.test(path) ? import(join(folder, path)) : loaded(require, join(folder, path))
      const [there, here] = [await load(french), await load(english)]
      yield* ofFrench === undefined ? matched(only(there), only(here)) : matched(there[ofFrench], here[ofEnglish])
    }
  }

async function loaded(require, path) {
  try {
    return require(path)
  } catch {
    return import(path)
  }
}

/** A module's default export, or its only object. */
function only(module) {
  const value = module.default ?? module
  const objects = Object.values(value).filter((each) => each !== null && typeof each === 'object')
  return Object.keys(value).length === 1 && objects.length === 1 ? objects[0] : value
}

/** A JSON file from English to French. */
export const byEnglish = (path) =>
  function* (folder) {
    for (const [english, french] of Object.entries(parsed(folder, path))) yield [french, english]
  }

/** Home Assistant's parts: a folder for each, with translations/fr.json and translations/en.json. */
export const components = (path) =>
  function* (folder) {
    for (const french of filesBelow(folder, path, /translations\/(.*\.)?fr\.json$/)) {
      const english = french.replace(/fr\.json$/, 'en.json')
      if (existsSync(join(folder, english))) yield* matched(parsed(folder, french), parsed(folder, english))
    }
  }

/** Files fr-….json and en-….json, with a digest in their names, in every subfolder. */
export const hashedJson = (path) =>
  function* (folder) {
    for (const french of filesBelow(folder, path, /(^|\/)fr-[0-9a-f]{20,}\.json$/)) {
      const beside = join(french, '..')
      const english = readdirSync(join(folder, beside)).find((each) => /^en-[0-9a-f]{20,}\.json$/.test(each))
      if (english !== undefined) yield* matched(parsed(folder, french), parsed(folder, join(beside, english)))
    }
  }

/** The Unicode CLDR: every name with the same key in the same file, without patterns. */
export const names = (french, english) =>
  function* (folder) {
    for (const path of filesBelow(folder, french, /\.json$/)) {
      const file = join(english, basename(path))
      if (!existsSync(join(folder, file))) continue
      const ours = flat(parsed(folder, file))
      for (const [key, string] of flat(parsed(folder, path))) {
        const here = ours.get(key.replace('/fr/', '/en/'))
        if (here !== undefined && isName(key, string) && isName(key, here)) yield [string, here]
      }
    }
  }

function isName(key, string) {
  return (
    !/symbol|pattern|\/default\/|[sS]kip|identity|_type|narrow|short|abbreviated|Formats|cldrVersion|-alt-|characterLabelPattern/.test(
      key,
    ) &&
    /^[\p{L}\d{}][\p{L}\d'’ ().,{}-]*$/u.test(string) &&
    /\p{L}{3}/u.test(string)
  )
}

/** Lines `key: value` with paths by indentation, as in Rails. */
export const indented = (french, english) =>
  function* (folder) {
    const ours = yamlStrings(text(folder, english))
    for (const [path, string] of yamlStrings(text(folder, french))) if (ours.has(path)) yield [string, ours.get(path)]
  }

function yamlStrings(source) {
  const strings = new Map()
  const path = []
  for (const line of source.split('\n').slice(1)) {
    const found = /^( *)([\w"']+):\s*(.*)$/.exec(line)
    if (found === null) continue
    path.length = found[1].length / 2
    path[found[1].length / 2] = found[2]
    const value = found[3].replace(/^(["'])(.*)\1$/, '$2').replace(/''/g, "'")
    if (value !== '' && !/^[>|&*]/.test(value)) strings.set(path.join('/'), value)
  }
  return strings
}

const PHP_LINE =
  /^\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*=>\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"),?\s*$/

function* phpStrings(source) {
  for (const line of source.split('\n')) {
    const found = PHP_LINE.exec(line)
    if (found !== null)
      yield [found[1] ?? found[2], found[3] ?? found[4]].map((string) => string.replace(/\\(.)/g, '$1'))
  }
}

/** An array of PHP from English to French. */
export const phpByEnglish = (path) =>
  function* (folder) {
    for (const [english, french] of phpStrings(text(folder, path)))
      if (english.includes(' ') || english[0] !== english[0].toLowerCase()) yield [french, english]
  }

/** Arrays of PHP with the same keys, in one file per language folder. */
export const phpByKey = (french, english) =>
  function* (folder) {
    for (const file of readdirSync(join(folder, french))) {
      const ours = new Map(phpStrings(text(folder, join(english, file))))
      for (const [key, string] of phpStrings(text(folder, join(french, file))))
        if (ours.has(key)) yield [string, ours.get(key)]
    }
  }

/**
 * A module with the English in comments: above a property, after it as `// "English"`, or as a commented-out `key:
 * 'English'`.
 */
export const comments = (path) =>
  function* (folder) {
    let english
    for (const line of text(folder, path).split('\n')) {
      const value = /^\s*\w+: (["'])(.*)\1,?\s*$/.exec(line)
      if (value !== null && english !== undefined) yield [unescaped(value[2]), unescaped(english)]
      english = /^\s*\/\/ (["'])(.*)\1,?\s*$/.exec(line)?.[2]
    }
  }

function unescaped(string) {
  return string.replace(/\\(['"])/g, '$1')
}

/** TypeScript: diagnostics under keys that contain their number; the English is in the compiler. */
export function* typescriptMessages(folder) {
  const french = parsed(folder, 'lib/fr/diagnosticMessages.generated.json')
  for (const [, key, english] of text(folder, 'lib/typescript.js').matchAll(
    /diag\(\d+, \d+ \/\* \w+ \*\/, "([^"]+)", ("(?:[^"\\]|\\.)*")/g,
  )) {
    if (french[key] !== undefined) yield [french[key], JSON.parse(english)]
  }
}

/** Blockly: modules that fill an object of messages. */
export function* blocklyMessages(folder) {
  const of = (language) =>
    new Map(
      [...text(folder, `msg/${language}.js`).matchAll(/Blockly\.Msg\["(\w+)"\] = ("(?:[^"\\]|\\.)*")/g)].map(
        ([, key, value]) => [key, JSON.parse(value)],
      ),
    )
  const english = of('en')
  for (const [key, string] of of('fr')) if (english.has(key)) yield [string, english.get(key)]
}

/** Monaco: an array of French strings; the English is beside its index in the code. */
export function* indexed(folder) {
  const [, array] = /_MESSAGES=(\[.*?\]);?\s*(?:\n|$|globalThis)/s.exec(text(folder, 'esm/vs/nls/lang/fr.js'))
  const french = JSON.parse(array)
  for (const file of filesBelow(folder, 'esm/vs', /\.js$/)) {
    for (const [, index, double, single] of text(folder, file).matchAll(
      /localize2?\((\d+), (?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)')/g,
    )) {
      if (french[index]) yield [french[index], unescaped(double ?? single)]
    }
  }
}
