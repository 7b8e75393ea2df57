import { GlassformerError } from '../errors.ts'
import { parseJson, placeOf } from './json-text.ts'

/** A `vocab.json` of a Marian model: every piece has an id, and the ids are 0 … size - 1. */
export interface MarianVocabulary {
  /** By id. */
  pieces: readonly string[]
  idOf(piece: string): number | undefined
}

/**
 * Reads a `vocab.json`: one JSON object, pieces to ids. `required` are pieces that must be there. `where` names the file in
 * errors. Throws ERR_TOKENIZER_FORMAT.
 */
export function readMarianVocabulary(json: string, where: string, required: readonly string[]): MarianVocabulary {
  const damaged = (what: string) =>
    new GlassformerError(
      'ERR_TOKENIZER_FORMAT',
      `${where}: not a usable vocabulary: ${what}. Expected one JSON object that gives each piece its id, from 0 without gaps; ` +
        'fetch or export the file again.',
    )
  const found = parsed(json, (what, position) => {
    throw damaged(`it is not JSON at ${placeOf(json, position)}: ${what}`)
  })
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    throw damaged(`it holds ${Array.isArray(found) ? 'a list' : JSON.stringify(found)?.slice(0, 40)}`)
  // It is looked up as it is, for of thousands of pieces a short run needs a few: a map of its own would take as long as it all.
  const vocabulary: Record<string, unknown> = Object.setPrototypeOf(found, null)
  const names = Object.keys(vocabulary)
  const pieces: (string | undefined)[] = new Array(names.length).fill(undefined)
  for (const piece of names) {
    const id = vocabulary[piece]
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0)
      throw damaged(`the id of ${JSON.stringify(piece)} is ${JSON.stringify(id)?.slice(0, 40)}, which is no id`)
    if (id >= names.length)
      throw damaged(
        `${JSON.stringify(piece)} has the id ${id}, but there are ${names.length} pieces, so that an id is missing`,
      )
    if (pieces[id] !== undefined)
      throw damaged(`${JSON.stringify(pieces[id])} and ${JSON.stringify(piece)} both have the id ${id}`)
    pieces[id] = piece
  }
  for (const piece of required) if (!(piece in vocabulary)) throw damaged(`the piece ${piece} is missing`)
  return { pieces: pieces as string[], idOf: (piece) => vocabulary[piece] as number | undefined }
}

/** By JSON.parse, whose own message quotes the lines around a fault; a key that stands twice is not looked for among thousands. */
function parsed(json: string, fail: (what: string, position: number) => never): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return parseJson(json, fail)
  }
}
