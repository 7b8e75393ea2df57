import type { Models } from '../models/models.ts'
import { type Fields, oneIn, refused, textIn } from '../requests/fields.ts'
import { chooseFor } from './choose.ts'
import { baseCode } from './codes.ts'
import type { Dictionary, StoredGlossary } from './glossaries.ts'
import { readEntries } from './glossary-entries.ts'

/** The text of a required field. @throws GlassformerError ERR_INPUT in DeepL's words */
export function neededIn(fields: Fields, name: string): string {
  const value = textIn(fields, name)
  if (!value?.trim()) throw missing(name)
  return value
}

export const missing = (name: string) => refused(`Bad request. Reason: Missing or invalid argument: '${name}'`)

/** The pair of languages in the fields. @throws GlassformerError ERR_INPUT */
export const pairIn = (fields: Fields): { source: string; target: string } => ({
  source: baseCode(neededIn(fields, 'source_lang')),
  target: baseCode(neededIn(fields, 'target_lang')),
})

/**
 * The entries in the fields, with their languages. @throws GlassformerError ERR_INPUT, also where no model has these
 * languages
 */
export async function dictionaryIn(models: Models, fields: Fields): Promise<Dictionary> {
  const [source, target] = ['source_lang', 'target_lang'].map((name) => neededIn(fields, name))
  const form = oneIn(fields, 'entries_format', ['tsv', 'csv']) ?? 'tsv'
  chooseFor(models, { source, target })
  const entries = await readEntries(neededIn(fields, 'entries'), form)
  return { source: baseCode(source), target: baseCode(target), entries }
}

/**
 * The dictionaries of a request: a JSON list, or form fields named `dictionaries[0].source_lang`. Undefined where there
 * are none. @throws GlassformerError ERR_INPUT
 */
export async function dictionariesIn(models: Models, fields: Fields): Promise<Dictionary[] | undefined> {
  const list = fields.dictionaries ?? listInForm(fields)
  if (list === undefined) return undefined
  if (!Array.isArray(list) || !list.every((each) => typeof each === 'object' && each !== null))
    throw refused("Value for 'dictionaries' not supported.")
  if (list.length > MOST_DICTIONARIES) throw refused(`'dictionaries' may be at most ${MOST_DICTIONARIES}.`)
  const read: Dictionary[] = []
  for (const each of list as Fields[]) read.push(await dictionaryIn(models, each))
  if (read.some((each, i) => read.findIndex((other) => isSamePair(other, each)) < i))
    throw refused("Value for 'dictionaries' not supported: two have the same languages.")
  return read
}

/** The maximum number of dictionaries in a request. */
const MOST_DICTIONARIES = 100

function listInForm(fields: Fields): Fields[] | undefined {
  const list = new Map<string, Record<string, unknown>>()
  for (const [name, value] of Object.entries(fields)) {
    const [, index, field] = /^dictionaries\[(\d{1,3})\]\.(\w+)$/.exec(name) ?? []
    if (field !== undefined) list.set(index, { ...list.get(index), [field]: value })
  }
  return list.size ? [...list.values()] : undefined
}

type Pair = Pick<Dictionary, 'source' | 'target'>

export const isSamePair = (one: Pair, other: Pair) => one.source === other.source && one.target === other.target

/** The dictionary of a glossary for a pair of languages; undefined where there is none. */
export const dictionaryOf = ({ dictionaries }: StoredGlossary, pair: Pair): Dictionary | undefined =>
  dictionaries.find((each) => isSamePair(each, pair))

/** The dictionaries of a glossary after one of them replaced that of its languages, or was appended. */
export const withDictionary = ({ dictionaries }: StoredGlossary, one: Dictionary): Dictionary[] =>
  dictionaries.some((each) => isSamePair(each, one))
    ? dictionaries.map((each) => (isSamePair(each, one) ? one : each))
    : [...dictionaries, one]

/** Entries after adding others, which replace those with the same term. */
export const mergedEntries = (entries: Dictionary['entries'], others: Dictionary['entries']): Dictionary['entries'] => [
  ...new Map([...entries, ...others]),
]
