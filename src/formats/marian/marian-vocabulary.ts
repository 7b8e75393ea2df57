import { GlassformerError, shownJson } from '../../base/errors.ts'
import { LONGEST_PIECE } from '../../base/limits.ts'
import { checkSize, isJsonObject, parseJson, placeOf } from '../json/json-text.ts'

/** A `vocab.json` of a Marian model: every piece has an id, and the ids are 0 … size - 1. */
export interface MarianVocabulary {
  /** The pieces by id. */
  pieces: readonly string[]
  idOf(piece: string): number | undefined
}

/**
 * Reads a `vocab.json`: one JSON object, pieces to ids. `required` are pieces that must exist. `where` names the file
 * in errors. Throws ERR_TOKENIZER_FORMAT.
 */
export function readMarianVocabulary(json: string, where: string, required: readonly string[]): MarianVocabulary {
  const damaged = (what: string) =>
    new GlassformerError(
      'ERR_TOKENIZER_FORMAT',
      `${where}: not a usable vocabulary: ${what}. Expected one JSON object that gives each piece its id, from 0 without gaps; ` +
        'fetch or export the file again.',
    )
  const notJson = (what: string, position: number): never => {
    throw damaged(`it is not JSON at ${placeOf(json, position)}: ${what}`)
  }
  const found = parsed(json, notJson)
  if (!isJsonObject(found)) throw damaged(`it holds ${Array.isArray(found) ? 'a list' : shownJson(found)}`)
  // This object serves lookups directly: a short run needs few of its thousands of pieces, and building a map would
  // double the time.
  const vocabulary: Record<string, unknown> = Object.setPrototypeOf(found, null)
  const names = Object.keys(vocabulary)
  const pieces: (string | undefined)[] = new Array(names.length).fill(undefined)
  for (const piece of names) {
    const id = vocabulary[piece]
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0)
      throw damaged(`the id of ${shownJson(piece)} is ${shownJson(id)}, which is no id`)
    if (id >= names.length)
      throw damaged(
        `${shownJson(piece)} has the id ${id}, but there are ${names.length} pieces, so that an id is missing`,
      )
    if (pieces[id] !== undefined)
      throw damaged(`${shownJson(pieces[id])} and ${shownJson(piece)} both have the id ${id}`)
    if (piece.length > LONGEST_PIECE) throw damaged(`${shownJson(piece)} has more than ${LONGEST_PIECE} characters`)
    pieces[id] = piece
  }
  // JSON.parse silently keeps the last of two equal keys.
  if (keysIn(json) !== names.length) parseJson(json, notJson)
  for (const piece of required) if (!(piece in vocabulary)) throw damaged(`the piece ${piece} is missing`)
  return { pieces: pieces as string[], idOf: (piece) => vocabulary[piece] as number | undefined }
}

/**
 * Reads the text by JSON.parse, which is many times as fast as `parseJson`; `parseJson` then finds the position of a
 * fault.
 */
function parsed(json: string, fail: (what: string, position: number) => never): unknown {
  checkSize(json, fail)
  try {
    return JSON.parse(json)
  } catch {
    return parseJson(json, fail)
  }
}

/** The number of keys in a text whose strings are all keys. A repeated key counts each time. Undefined where a string has no end. */
function keysIn(json: string): number | undefined {
  try {
    return json.match(/"[^"\\]*(?:\\.[^"\\]*)*"\s*:/g)?.length ?? 0
  } catch {
    return undefined // the text is too long for a regular expression
  }
}
