import { countPlaceholders } from '../../../language/text/tokenizer/placeholders.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'
import type { Expressible } from './copied-tokens.ts'

/** A letter that no vocabulary has as a piece. */
const CUNEIFORM = '𒀀'

/**
 * Determines the abilities of a model's vocabulary: the placeholders that are pieces of both sides, and whether it can
 * write every character.
 */
export function expressibleBy(tokenizer: Tokenizer): Expressible {
  const everyCharacter =
    tokenizer.decodeSource(tokenizer.encode(CUNEIFORM)) === CUNEIFORM &&
    tokenizer.decode(tokenizer.encodeTarget(CUNEIFORM)) === CUNEIFORM
  return { placeholders: countPlaceholders(tokenizer), everyCharacter }
}
