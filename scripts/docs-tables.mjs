/**
 * Regenerates the tables of settings in docs/ from the schemas: `node scripts/docs-tables.mjs`. A table is between
 * `<!-- table: NAME PATH -->`, with the name of a schema and the prefix of its settings, and `<!-- end -->`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = new URL('..', import.meta.url)
const { tableOf } = await import(new URL('dist/base/schema/docs.js', root).href)

/** Where the schemas are, by the first word of their names in docs. */
const files = [
  'engine/decode/options',
  'use/translate/options',
  'look/trace/options',
  'learn/train/settings',
  'learn/train/augment/settings',
  'learn/train/train-options',
  'learn/evaluate/bleu-options',
  'learn/evaluate/chrf',
  'look/figure/options',
  'engine/model/config',
  'files/folders/glassformer-config',
  'files/folders/tokenizer-entry',
  'files/folders/glassformer',
  'service/serve/settings',
  'use/web/load-options',
  'service/serve/models/given-models',
]
const modules = await Promise.all(files.map((file) => import(new URL(`dist/${file}.js`, root).href)))

const schemaOf = (name) =>
  modules.map((module) => name.split('.').reduce((value, key) => value?.[key], module)).find((found) => found)

const table = /<!-- table: (\S+) ?(\S*) -->\n[\s\S]*?<!-- end -->/g

/** A page of docs with its tables generated from the schemas. @throws Error where it names an unknown schema */
export function withTables(text) {
  return text.replaceAll(table, (_, name, path) => {
    const schema = schemaOf(name)
    if (!schema) throw new Error(`docs name the schema ${name}, which there is not`)
    return `<!-- table: ${name}${path && ` ${path}`} -->\n\n${tableOf(schema, path)}\n\n<!-- end -->`
  })
}

/** The pages with tables. */
export const pages = () =>
  readdirSync(new URL('docs/', root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => new URL(`docs/${name}`, root))

if (import.meta.url === pathToFileURL(process.argv[1]).href)
  for (const page of pages()) {
    const text = readFileSync(page, 'utf8')
    if (withTables(text) !== text) {
      writeFileSync(page, withTables(text))
      console.log(`written anew: ${fileURLToPath(page)}`)
    }
  }
