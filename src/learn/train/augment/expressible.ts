import { countPlaceholders } from '../../../language/text/placeholders.ts'
import type { Tokenizer } from '../../../language/text/tokenizer.ts'
import type { Expressible } from './copied-tokens.ts'

/** A letter that no vocabulary has as a piece. */
const CUNEIFORM = '𒀀'

/** What the vocabulary of a model can express: which placeholders are pieces of both sides, and whether it writes every character. */
export function expressibleBy(tokenizer: Tokenizer): Expressible {
  const everyCharacter =
    tokenizer.decodeSource(tokenizer.encode(CUNEIFORM)) === CUNEIFORM &&
    tokenizer.decode(tokenizer.encodeTarget(CUNEIFORM)) === CUNEIFORM
  return { placeholders: countPlaceholders(tokenizer), everyCharacter }
}
