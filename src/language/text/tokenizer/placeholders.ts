import { lastOf } from '../../../base/present.ts'
import type { Tokenizer } from './tokenizer.ts'

/** The piece for the nth protected part of a text, in a vocabulary that was trained with `placeholders`. */
export const placeholder = (n: number) => `⟦${n}⟧`

/** The number of placeholders, from the first on, that are pieces of both vocabularies. */
export function countPlaceholders(tokenizer: Tokenizer): number {
  let count = 0
  while (hasPiece(tokenizer, placeholder(count + 1))) count++
  return count
}

function hasPiece(tokenizer: Tokenizer, piece: string): boolean {
  const source = tokenizer.encode(piece, { special: false })
  const target = tokenizer.encodeTarget(piece, { special: false })
  return (
    isOne(source) &&
    isOne(target) &&
    tokenizer.sourcePiece(lastOf(source)) === piece &&
    tokenizer.piece(lastOf(target)) === piece
  )
}

/** Whether these may be the ids of one piece: a space piece may come first. */
const isOne = (ids: readonly number[]) => ids.length > 0 && ids.length <= 2
