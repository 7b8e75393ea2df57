import { GlassformerError, shown } from '../../base/errors.ts'
import type { EncodedItem } from './worker/tasks.ts'

/** A text, or two as a pair. */
export type TextOrPair = string | { text: string; pair: string }

/** Ids in place of a text, with the special ones around them; `types` tells the segments of a pair apart (default 0). */
export interface TextIds {
  ids: readonly number[]
  types?: readonly number[]
}

/** The most characters of one text. */
const LONGEST_TEXT = 10_000_000

/** @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG */
export function checkedTexts(texts: readonly string[]): readonly string[] {
  if (!Array.isArray(texts))
    throw new GlassformerError('ERR_INPUT', `texts must be a text or a list of texts, not ${shown(texts)}`)
  texts.forEach((text, i) => {
    if (typeof text !== 'string')
      throw new GlassformerError('ERR_INPUT', `text ${i} must be a text, not ${shown(text)}`)
    if (text.length > LONGEST_TEXT)
      throw new GlassformerError(
        'ERR_INPUT_TOO_LONG',
        `text ${i} has ${text.length} characters, more than ${LONGEST_TEXT}: give it in parts`,
      )
  })
  return texts
}

/** A copy of ids that a caller has given. The worker compares them with the vocabulary. @throws GlassformerError ERR_INPUT */
function ownIds({ ids, types }: TextIds): TextIds {
  for (const [name, list] of Object.entries({ ids, types })) {
    if (name === 'types' && list === undefined) continue
    if (!Array.isArray(list) || !list.every((id) => Number.isSafeInteger(id) && id >= 0))
      throw new GlassformerError('ERR_INPUT', `${name} must be a list of integers from 0 on, not ${shown(list)}`)
  }
  if (!ids.length) throw new GlassformerError('ERR_INPUT', 'there are no ids: give at least one for each text')
  if (types && types.length !== ids.length)
    throw new GlassformerError('ERR_INPUT', `there are ${types.length} types for ${ids.length} ids: give one for each`)
  return { ids: [...ids], ...(types && { types: [...types] }) }
}

/** Texts, pairs and lists of ids as a job takes them. @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG */
export function itemsOf(given: readonly (TextOrPair | TextIds)[]): EncodedItem[] {
  if (!Array.isArray(given)) return itemsOf(checkedTexts(given as never))
  return given.map((one) => {
    if (one === null || typeof one !== 'object') return { text: checkedTexts([one])[0] }
    if ('ids' in one) return { text: '', given: ownIds(one) }
    const [text, pair] = checkedTexts([one.text, one.pair])
    return { text, pair }
  })
}
