import { GlassformerError, shownJson } from '../../base/errors.ts'
import { LONGEST_PIECE } from '../../base/limits.ts'
import { checkSize, parseJson, placeOf } from '../json/json-text.ts'

/** The tokens of a JSON list, by id. `where` names the file. @throws GlassformerError ERR_TOKENIZER_FORMAT */
export function tokensOfJson(json: string, where: string): string[] {
  const damaged = (what: string) => damagedList(where, what)
  const notJson = (what: string, position: number): never => {
    throw damaged(`it is not JSON at ${placeOf(json, position)}: ${what}`)
  }
  const list = parsed(json, notJson)
  if (!Array.isArray(list)) throw damaged('it is no JSON list of tokens')
  return checked(list, where)
}

/**
 * The tokens of a text with a token a line, by id. A carriage return before the end of a line is a part of the token, unless all lines have
 * one.
 */
export function tokensOfLines(text: string, where: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  const haveReturns = lines.every((line) => line.endsWith('\r'))
  return checked(haveReturns ? lines.map((line) => line.slice(0, -1)) : lines, where)
}

/** JSON.parse is many times as fast as `parseJson`, which then tells where a fault is. */
function parsed(json: string, fail: (what: string, position: number) => never): unknown {
  checkSize(json, fail)
  try {
    return JSON.parse(json)
  } catch {
    return parseJson(json, fail)
  }
}

function checked(list: readonly unknown[], where: string): string[] {
  list.forEach((token, id) => {
    if (typeof token !== 'string') throw damagedList(where, `the token of id ${id} is ${shownJson(token)}, no text`)
    if (token.length > LONGEST_PIECE)
      throw damagedList(where, `the token of id ${id} has more than ${LONGEST_PIECE} characters`)
  })
  if (!list.length) throw damagedList(where, 'it has no tokens')
  return list as string[]
}

const damagedList = (where: string, what: string) =>
  new GlassformerError('ERR_TOKENIZER_FORMAT', `${where}: not a usable vocabulary: ${what}`)
