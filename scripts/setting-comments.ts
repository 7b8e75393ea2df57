/**
 * Comments of settings in the types of the package. A setting is described once, in its schema; types of options are derived from schemas,
 * and a property of such a type has the comment of the property of the schema. So the declaration of each setting in a `.d.ts` file gets a
 * comment from the words that help and docs are made from.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'

/** What a comment needs of a setting of a schema. */
interface Setting {
  says: string
  type: { choices?: readonly string[]; expected: string }
}

/** Writes comments into all declarations of dist/. */
export async function commentSettings(dist: string): Promise<void> {
  const { defaultInWords } = await import(pathToFileURL(join(dist, 'base/schema/docs.js')).href)
  const commentOf = (setting: Setting, isOfFolder: boolean) => {
    const own = defaultInWords(setting)
    const words = own !== null && isOfFolder ? `what the model's folder says, else ${own}` : own
    const sentences = [
      setting.says,
      ...(setting.type.choices ? [] : [`It must be ${setting.type.expected}`]), // the type itself lists choices
      ...(own === null || own === 'not set' ? [] : [`Default: ${words}`]),
    ]
    return `/** ${sentences.map(asSentence).join(' ')} */`
  }
  for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.d.ts') || /^(types|bundle)\b/.test(path)) continue
    const text = readFileSync(join(dist, path), 'utf8')
    if (!text.includes('readonly says:')) continue
    const module = await import(pathToFileURL(join(dist, path.replace(/\.d\.ts$/, '.js'))).href)
    // A model's folder sets the defaults of the search.
    const isOfFolder = 'generationSettings' in module
    const comments = withComments(text, module, (setting) => commentOf(setting, isOfFolder))
    writeFileSync(join(dist, path), comments)
  }
}

/** A file of declarations, with a comment before each setting that can be reached from what its module exports. */
function withComments(text: string, module: object, commentOf: (setting: Setting) => string): string {
  const source = ts.createSourceFile('settings.d.ts', text, ts.ScriptTarget.Latest, true)
  const comments: [number, string][] = []
  const visit = (node: ts.Node, value: unknown): void => {
    const isNamed = (ts.isPropertySignature(node) || ts.isVariableDeclaration(node)) && ts.isIdentifier(node.name)
    const own = isNamed ? (value as Record<string, unknown> | undefined)?.[node.name.text] : value
    if (isSetting(own) && ts.isPropertySignature(node)) {
      comments.push([node.getStart(source), commentOf(own)])
      return
    }
    ts.forEachChild(node, (child) => visit(child, own))
  }
  visit(source, module)
  return comments.reduceRight((whole, [at, comment]) => {
    const indent = /[ ]*$/.exec(whole.slice(0, at))?.[0] ?? ''
    return `${whole.slice(0, at)}${comment}\n${indent}${whole.slice(at)}`
  }, text)
}

const isSetting = (value: unknown): value is Setting => {
  const { says, type } = (value ?? {}) as Partial<Setting>
  return typeof says === 'string' && typeof type?.expected === 'string'
}

/** The words of a setting as a sentence, without links, which lead from page to page of docs/. A name at the beginning stays as it is. */
function asSentence(words: string): string {
  const safe = words
    .replace(/[;,] \[[^\]]+\]\([^)]+\)(?=$|\. )/g, '') // where to read more
    .replace(/ \(\[[^\]]+\]\([^)]+\)\)/g, '')
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replaceAll('*/', '* /')
  const first = /^[a-z]+(?=[ ,:])/.test(safe) ? safe[0].toUpperCase() + safe.slice(1) : safe
  return /[.!?]$/.test(first) ? first : `${first}.`
}
