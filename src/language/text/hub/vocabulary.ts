import { shownJson } from '../../../base/errors.ts'
import type { Spec } from './spec.ts'

/** The tokens of a model by id, and their ids. */
export interface Vocabulary {
  /** Ids without a token are undefined. */
  readonly tokens: readonly (string | undefined)[]
  readonly ids: ReadonlyMap<string, number>
}

/** Maximum id of a vocabulary: a list has an element for each id. */
export const MOST_IDS = 1 << 22

/** Reads tokens with their ids. */
export function readVocabulary(entries: Iterable<readonly [string, unknown]>, spec: Spec): Vocabulary {
  const ids = new Map<string, number>()
  const tokens: (string | undefined)[] = []
  for (const [token, id] of entries) {
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0 || id >= MOST_IDS)
      throw spec.damaged(`the id of ${shownJson(token)} is ${shownJson(id)}, which is no id`)
    while (tokens.length < id) tokens.push(undefined)
    tokens[id] = token
    ids.set(token, id)
  }
  return { tokens, ids }
}

/** The ids of the 256 byte tokens `<0x00>` to `<0xFF>`; null where one is missing. */
export function byteTokens(ids: ReadonlyMap<string, number>): number[] | null {
  const found: number[] = []
  for (let byte = 0; byte < 256; byte++) {
    const id = ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
    if (id === undefined) return null
    found.push(id)
  }
  return found
}

/** A model that splits words into tokens. */
export interface Cut {
  readonly vocabulary: Vocabulary
  /** The id of the unknown token, where there is one. */
  readonly unknown: number | null
  /** The part of a word that a token stands for, where that is not the token itself. */
  spelling?(id: number): string
  /** The ids of a non-empty word. */
  idsOf(word: string): number[]
}
