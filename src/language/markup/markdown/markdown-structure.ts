import type { Nodes } from 'mdast'
import { present } from '../../../base/present.ts'
import { childrenOf, markdownTree } from './markdown-tree.ts'

/**
 * Tells whether two texts have the same structure in Markdown: the same nesting of nodes, with the same addresses,
 * names and code. `definitions` are those of the links in a text.
 */
export function sameAs(definitions: Definitions, isInTable: boolean): (first: string, second: string) => boolean {
  const known = new Map<string, string>()
  const structure = (text: string) => {
    const lines = text.replace(/(?:(?<![ \t])[ \t]+)?(?:\r\n|\n|\r)[ \t>]*/g, '\n')
    const block = isInTable ? `|a|\n|-|\n|${lines}|` : lines
    return structureOf(markdownTree(`${block}\n\n${definitions(text)}`))
  }
  return (first, second) => {
    if (!known.has(first)) known.set(first, structure(first))
    return known.get(first) === structure(second)
  }
}

/** The definitions of the links in a text. */
export type Definitions = (text: string) => string

/** The lines of a document that define links. */
export function definitionsIn(source: string): Definitions {
  let known: Map<string, string> | null = null
  return (text) => {
    if (!text.includes('[')) return ''
    known ??= definedIn(source)
    const labels = new Set(Array.from(text.matchAll(/\[([^[\]]*)\]/g), ([, label]) => labelOf(label)))
    return Array.from(labels, (label) => present(known).get(label))
      .filter((line) => line !== undefined)
      .join('\n')
  }
}

/** The definition lines by their labels; the first of several with the same label applies. */
function definedIn(source: string): Map<string, string> {
  const lines = new Map<string, string>()
  for (const { 0: line, 1: label } of source.matchAll(DEFINITION))
    if (!lines.has(labelOf(label))) lines.set(labelOf(label), line)
  return lines
}

const DEFINITION = /^[ >]*\[([^\]\r\n\u2028\u2029]+)\]:[^\r\n\u2028\u2029]*$/gm

/** Labels are compared without case and white space. */
const labelOf = (label: string): string => label.trim().replace(/\s+/g, ' ').toLowerCase()

/** One line that describes everything in a tree except its text. */
function structureOf(node: Nodes): string {
  const { type } = node
  if (type === 'text' || type === 'break') return ''
  const own = [
    type,
    'url' in node ? node.url : '',
    'identifier' in node ? node.identifier : '',
    'value' in node ? node.value : '',
  ]
  return `(${own.join(' ')}${childrenOf(node).map(structureOf).join('')})`
}
