import { decodeXML } from 'entities'
import { lastOf } from '../../../base/present.ts'
import type { Item } from './items.ts'

/** Fields of Word whose result is words of the document: links, tables of contents, forms. */
const WORDS = /^\s*(?:HYPERLINK|TOC|INDEX|TOA|FORMTEXT|QUOTE)\b/i

/** A field that has begun: the index of its first item, its code, and where its result begins. */
interface Field {
  begin: number
  code: string
  result: number
}

/**
 * The items of a paragraph with each of Word's fields as one item, a copy of what it shows, or, for a link, as a pair
 * around its words.
 */
export function joinedFields(items: readonly Item[], source: string): Item[] {
  const found: Item[] = []
  const open: Field[] = []
  for (const item of items) {
    const { name, start, end } = item
    const field = open.at(-1)
    found.push(item)
    if (name === 'field begin') open.push({ begin: found.length - 1, code: '', result: -1 })
    else if (name === 'field code' && field) field.code += codeIn(source.slice(start, end))
    else if (name === 'field separate' && field && field.result < 0) field.result = found.length
    else if (name === 'field end' && field) {
      open.pop()
      join(found, field)
    }
  }
  // A field that ends in a later paragraph, such as a table of contents: its code is no text.
  for (const { begin, result } of open.reverse()) {
    const code = found.slice(begin, result < 0 ? undefined : result)
    found.splice(begin, code.length, joined('mark', code))
  }
  return found
}

const codeIn = (element: string) => decodeXML(element.replace(/<[^>]*>/g, ''))

function join(found: Item[], { begin, code, result }: Field): void {
  const end = found.length - 1
  const shown = result < 0 ? [] : found.slice(result, end)
  const text = shown.map((each) => each.text).join('')
  if (result >= 0 && WORDS.test(code)) {
    const name = `field ${found[begin].start}`
    found[end] = { ...found[end], kind: 'close', name }
    found.splice(begin, result - begin, { ...joined('open', found.slice(begin, result)), name })
  } else {
    const whole = joined(text.trim() ? 'copy' : 'mark', found.slice(begin))
    found.splice(begin, found.length - begin, { ...whole, text: text.trim() })
  }
}

/** Several items as one that is kept. */
const joined = (kind: Item['kind'], items: readonly Item[]): Item => ({
  ...items[0],
  kind,
  text: '',
  name: '',
  end: lastOf(items).end,
  after: lastOf(items).after,
})
