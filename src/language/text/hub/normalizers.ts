import { utf8Length, utf8Of } from '../../../base/bytes.ts'
import { GlassformerError } from '../../../base/errors.ts'
import { LONGEST_NORMALIZED, onFirstUse } from '../../../base/limits.ts'
import { whole } from '../../../base/values/number-text.ts'
import { charsmapFault } from '../../../formats/pieces/sentencepiece-model.ts'
import { Charsmap } from '../sentencepiece/charsmap.ts'
import { decodeUtf8 } from '../sentencepiece/utf8.ts'
import { bertNormalizer, lowerCase } from './bert-text.ts'
import type { Spec } from './spec.ts'

/**
 * The grapheme clusters of a text. A character below U+0300 is a cluster, except in "\r\n" and beside a character from
 * U+0300 on, so that common Latin texts need no Intl.Segmenter.
 */
export function* graphemesOf(text: string): Generator<string> {
  let at = 0
  for (const { 0: run, index } of text.matchAll(JOINING)) {
    yield* simpleOf(text.slice(at, index))
    for (const { segment } of segmenter().segment(run)) yield segment
    at = index + run.length
  }
  yield* simpleOf(at === 0 ? text : text.slice(at))
}

const JOINING = /[\0-\u02ff]?(?:[\u0300-\uffff]+[\0-\u02ff]?)+/g

const simpleOf = (text: string): Iterable<string> => (text.includes('\r\n') ? (text.match(/\r\n|[\s\S]/g) ?? []) : text)

const segmenter = onFirstUse(() => new Intl.Segmenter('und', { granularity: 'grapheme' }))

/** Changes a text before it is split. */
export type Normalize = (text: string) => string

/** The normalizers of a tokenizer.json by their types, with the results of the tokenizers library. */
const normalizers: Readonly<Record<string, (spec: Spec) => Normalize>> = {
  Sequence: (spec) => {
    const steps = spec.parts('normalizers').map(createNormalizer)
    return (text) => steps.reduce((so_far, step) => step(so_far), text)
  },
  Precompiled: precompiled,
  Prepend: (spec) => {
    const prefix = spec.text('prepend')
    return (text) => (text === '' ? text : prefix + text)
  },
  Replace: (spec) => {
    const pattern = spec.pattern('pattern')
    const content = spec.text('content')
    return (text) => text.replace(pattern, () => content)
  },
  Strip: (spec) => {
    const left = spec.flag('strip_left', true) ? /^\p{White_Space}+/u : null
    const right = spec.flag('strip_right', true) ? /(?<!\p{White_Space})\p{White_Space}+$/u : null
    return (text) => {
      const begun = left ? text.replace(left, '') : text
      return right ? begun.replace(right, '') : begun
    }
  },
  NFC: () => (text) => text.normalize('NFC'),
  NFD: () => (text) => text.normalize('NFD'),
  NFKC: () => (text) => text.normalize('NFKC'),
  NFKD: () => (text) => text.normalize('NFKD'),
  Lowercase: () => lowerCase,
  BertNormalizer: bertNormalizer,
  StripAccents: () => (text) => text.replace(/\p{Mn}/gu, ''),
}

export function createNormalizer(spec: Spec): Normalize {
  if (!Object.hasOwn(normalizers, spec.type)) throw spec.unsupported(Object.keys(normalizers))
  const normalize = normalizers[spec.type](spec)
  return (text) => {
    const normalized = normalize(text)
    if (normalized.length > LONGEST_NORMALIZED)
      throw new GlassformerError(
        'ERR_INPUT_TOO_LONG',
        `a text of more than ${whole(LONGEST_NORMALIZED)} characters, when the normalizer of the tokenizer has been applied: give it in parts`,
      )
    return normalized
  }
}

/**
 * Whole grapheme clusters of less than six bytes are looked up in the charsmap, and the first matching rule replaces
 * all of them.
 */
const LONGEST_CLUSTER = 5

/**
 * SentencePiece's charsmap as the tokenizers library applies it: to a short grapheme cluster, otherwise to each of its
 * characters. The shortest rule that matches the beginning of a cluster replaces the whole cluster.
 */
function precompiled(spec: Spec): Normalize {
  const encoded = spec.text('precompiled_charsmap', '')
  if (encoded === '') return (text) => text
  const rules = Uint8Array.from(decodedBase64(encoded, spec), (character) => character.charCodeAt(0))
  const fault = charsmapFault(rules)
  if (fault) throw spec.damaged(fault.what)
  const charsmap = new Charsmap(rules)
  const replacementOf = (part: string): string | null => {
    const bytes = utf8Of(part)
    if (!charsmap.begins(bytes)) return null
    const begin = charsmap.replacement
    return decodeUtf8(charsmap.replacements, begin, charsmap.replacements.indexOf(0, begin))
  }
  const known = new Map<string, string | null>()
  const replaced = (part: string): string | null => {
    let found = known.get(part)
    if (found !== undefined) return found
    found = replacementOf(part)
    if (known.size < MOST_KNOWN) known.set(part, found)
    return found
  }
  const clusterOf = (cluster: string) => {
    const whole = utf8Length(cluster) <= LONGEST_CLUSTER ? replaced(cluster) : null
    return whole ?? Array.from(cluster, (character) => replaced(character) ?? character).join('')
  }
  return (text) => {
    let normalized = ''
    for (const cluster of graphemesOf(text)) normalized += clusterOf(cluster)
    return normalized
  }
}

function decodedBase64(text: string, spec: Spec): string {
  try {
    return atob(text)
  } catch {
    throw spec.damaged('precompiled_charsmap is not base64')
  }
}

/** The number of clusters with cached replacements. */
const MOST_KNOWN = 20_000
