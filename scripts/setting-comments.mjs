/**
 * Comments of settings in the types of the package. A setting is described once, in its schema; types of options are derived from schemas,
 * and a property of such a type has the comment of the property of the schema. So the declaration of each setting in a `.d.ts` file gets a
 * comment from the words that help and docs are made from.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'

/** Writes comments into all declarations of dist/. */
export async function commentSettings(dist) {
  const { defaultInWords } = await import(pathToFileURL(join(dist, 'base/schema/docs.js')).href)
  const commentOf = (setting) => {
    const words = defaultInWords(setting)
    const sentences = [
      setting.says,
      ...(setting.type.choices ? [] : [`It must be ${setting.type.expected}`]), // the type itself lists choices
      ...(words === null || words === 'not set' ? [] : [`Default: ${words}`]),
    ]
    return `/** ${sentences.map(asSentence).join(' ')} */`
  }
  for (const path of readdirSync(dist, { recursive: true })) {
    if (!path.endsWith('.d.ts') || /^(types|bundle)\b/.test(path)) continue
    const text = readFileSync(join(dist, path), 'utf8')
    if (!text.includes('readonly says:')) continue
    const module = await import(pathToFileURL(join(dist, path.replace(/\.d\.ts$/, '.js'))).href)
    writeFileSync(join(dist, path), withComments(text, module, commentOf))
  }
}

/** A file of declarations, with a comment before each setting that can be reached from what its module exports. */
function withComments(text, module, commentOf) {
  const source = ts.createSourceFile('settings.d.ts', text, ts.ScriptTarget.Latest, true)
  const comments = []
  const visit = (node, value) => {
    const isProperty = ts.isPropertySignature(node) || ts.isVariableDeclaration(node)
    const own = isProperty ? value?.[node.name.text] : value
    if (isSetting(own) && ts.isPropertySignature(node)) {
      comments.push([node.getStart(source), commentOf(own)])
      return
    }
    ts.forEachChild(node, (child) => visit(child, own))
  }
  visit(source, module)
  return comments.reduceRight((whole, [at, comment]) => {
    const indent = /[ ]*$/.exec(whole.slice(0, at))[0]
    return `${whole.slice(0, at)}${comment}\n${indent}${whole.slice(at)}`
  }, text)
}

const isSetting = (value) => typeof value?.says === 'string' && typeof value.type?.expected === 'string'

/** The words of a setting as a sentence, without links, which lead from page to page of docs/. A name at the beginning stays as it is. */
function asSentence(words) {
  const safe = words.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1').replaceAll('*/', '* /')
  const first = /^[a-z]+(?=[ ,:])/.test(safe) ? safe[0].toUpperCase() + safe.slice(1) : safe
  return /[.!?]$/.test(first) ? first : `${first}.`
}
