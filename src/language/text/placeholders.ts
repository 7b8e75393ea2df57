import type { Tokenizer } from './tokenizer.ts'

/** The piece that stands for the nth part of a text that is to stay as it is: a vocabulary that was trained with `placeholders` has it. */
export const placeholder = (n: number) => `⟦${n}⟧`

/** How many placeholders, from the first on, are pieces of both vocabularies. */
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
    tokenizer.sourcePiece(source.at(-1)!) === piece &&
    tokenizer.piece(target.at(-1)!) === piece
  )
}

/** Whether these may be the ids of one piece: a space may stand before it. */
const isOne = (ids: readonly number[]) => ids.length > 0 && ids.length <= 2
