import { entryOf } from '../../../base/present.ts'
import type { NormalizerSpec } from '../../../formats/pieces/sentencepiece-model.ts'
import { buildDoubleArray } from './double-array.ts'

/**
 * Normalization of a text before it is segmented. SentencePiece's `nmt_nfkc` is NFKC with control characters removed
 * and invisible spaces made plain spaces. `nmt_nfkc_plain` is ours, and also replaces apostrophes, quotation marks and
 * hyphens by those of a keyboard. SentencePiece reads its rules like any custom rules (`normalization_rule_tsv`).
 */
export type Normalization = 'nmt_nfkc' | 'nmt_nfkc_plain'

/**
 * The normalizer of a vocabulary that is trained here: white space is trimmed, collapsed and written as ▁, and a ▁ is
 * prepended.
 */
export function normalizerSpec(normalization: Normalization): NormalizerSpec {
  return {
    name: normalization,
    charsmap: charsmap(normalization),
    addDummyPrefix: true,
    removeExtraWhitespaces: true,
    escapeWhitespaces: true,
  }
}

const charsmaps = new Map<Normalization, Uint8Array>()

/**
 * The rules as SentencePiece stores them (`precompiled_charsmap`). They are made from the Unicode data of this Node.js,
 * and not copied from any model. A file of rules is complete, so that it does not depend on the Unicode version of its
 * reader.
 */
function charsmap(normalization: Normalization): Uint8Array {
  let blob = charsmaps.get(normalization)
  if (blob === undefined) {
    const rules = nfkcRules()
    addNmtRules(rules)
    if (normalization === 'nmt_nfkc_plain') addPlainRules(rules)
    blob = compile(rules)
    charsmaps.set(normalization, blob)
  }
  return blob
}

type Rules = Map<string, string>

const PLANE = 0x10000

const isSurrogate = (point: number) => point >= 0xd800 && point <= 0xdfff

/** The characters of a range, without NUL and without surrogates. */
function textOf(begin: number, end: number): string {
  let text = ''
  for (let point = Math.max(1, begin); point < end; point++)
    if (!isSurrogate(point)) text += String.fromCodePoint(point)
  return text
}

const changes = (text: string) => text.normalize('NFKD') !== text

/**
 * NFKC as rules that replace the longest match: every character that NFKC changes, and every sequence that it composes,
 * in each of its spellings (ế is also e + two marks and ê + one, デ also ﾃﾞ). Marks that are not in canonical order stay
 * as they are.
 */
function nfkcRules(): Rules {
  const rules: Rules = new Map()
  // Most planes have no character that changes, and are skipped as a whole.
  for (let plane = 0; plane <= 0x10ffff; plane += PLANE) {
    const characters = textOf(plane, plane + PLANE)
    if (!changes(characters)) continue
    for (let first = plane; first < plane + PLANE; first += 256) {
      const text = textOf(first, first + 256)
      if (changes(text)) for (const character of text) addRules(rules, character)
    }
  }
  return rules
}

function addRules(rules: Rules, character: string): void {
  const composed = character.normalize('NFKC')
  for (const spelling of spellings(character)) if (spelling !== composed) rules.set(spelling, composed)
}

/** Halfwidth katakana and its voiced marks, by the character to which NFKC maps each. */
const halfwidth = new Map(
  Array.from({ length: 0xffa0 - 0xff66 }, (_, k) => String.fromCodePoint(0xff66 + k)).map((kana) => [
    kana.normalize('NFKC'),
    kana,
  ]),
)

const widths = (character: string) => [character, halfwidth.get(character)].filter((one) => one !== undefined)

/** A character that can be composed, in all its spellings: itself, and its first part in each spelling with the rest. */
function spellings(character: string): string[] {
  const parts = [...character.normalize('NFD')]
  const last = parts.pop()
  if (last === undefined || parts.length === 0) return widths(character)
  const first = parts.join('').normalize('NFC')
  const firsts = [...first].length > 1 ? [first] : spellings(first)
  return [character, ...firsts.flatMap((spelling) => widths(last).map((mark) => spelling + mark))]
}

/** The characters that SentencePiece's nmt rules make a space, and the characters that they remove (ranges, both ends included). */
const spaces = [
  0x9, 0xa, 0xc, 0xd, 0x1680, 0x200b, 0x200c, 0x200e, 0x200f, 0x2028, 0x2029, 0x2581, 0xfeff, 0xfffd, 0x61c,
]
const removed = [
  [0x1, 0x8],
  [0xb, 0xb],
  [0xe, 0x1f],
  [0x7f, 0x7f],
  [0x8f, 0x8f],
  [0x9f, 0x9f],
] as const
/** FULLWIDTH TILDE is used as a wave dash in Japanese, and nmt keeps it. */
const FULLWIDTH_TILDE = '\uff5e'

function addNmtRules(rules: Rules): void {
  for (const point of spaces) rules.set(String.fromCodePoint(point), ' ')
  for (const [first, last] of removed)
    for (let point = first; point <= last; point++) rules.set(String.fromCodePoint(point), '')
  rules.delete(FULLWIDTH_TILDE)
}

/**
 * Typographic characters, and the characters that people type for them. Guillemets and dashes have no such character.
 */
const typed = new Map(
  ["'\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4", '"\u201c\u201d\u201e\u201f\u2033', '-\u2010\u2011'].flatMap(
    ([plain, ...others]) => others.map((other): [string, string] => [other, plain]),
  ),
)

const typographic = new RegExp(`[${[...typed.keys()].join('')}]`)

/** Whether nmt_nfkc_plain and nmt_nfkc map a text to the same form. */
export const isPlain = (text: string) => !typographic.test(text) && !typographic.test(text.normalize('NFKC'))

/**
 * Adds the rules of plain punctuation. No rule is applied to the result of another, so the results of all other rules
 * are made plain too.
 */
function addPlainRules(rules: Rules): void {
  for (const [from, to] of rules)
    rules.set(from, [...to].map((character) => typed.get(character) ?? character).join(''))
  for (const [from, to] of typed) rules.set(from, to)
}

/**
 * The bytes of the rules: a uint32 with the length of the double array, the array, and the replacements with a NUL
 * after each.
 */
function compile(rules: Rules): Uint8Array {
  const entries = [...rules].map(([from, to]) => ({ key: Buffer.from(from), to }))
  entries.sort((a, b) => Buffer.compare(a.key, b.key))
  const places = new Map<string, number>()
  const replacements: Buffer[] = []
  let length = 0
  for (const to of [...new Set(entries.map((entry) => entry.to))].sort()) {
    places.set(to, length)
    const bytes = Buffer.from(`${to}\0`)
    replacements.push(bytes)
    length += bytes.length
  }
  const units = buildDoubleArray(
    entries.map((entry) => entry.key),
    entries.map((entry) => entryOf(places, entry.to)),
  )
  const array = Buffer.alloc(4 + 4 * units.length)
  array.writeUInt32LE(4 * units.length)
  for (let k = 0; k < units.length; k++) array.writeInt32LE(units[k], 4 + 4 * k)
  return new Uint8Array(Buffer.concat([array, ...replacements]))
}
