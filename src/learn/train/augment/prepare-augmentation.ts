import { countPlaceholders } from '../../../language/text/tokenizer/placeholders.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'
import type { Pair } from '../pairs/corpus.ts'
import { Random } from '../state/random.ts'
import { Augmenter } from './augmenter.ts'
import type { LanguagePair } from './case.ts'
import type { Expressible } from './copied-tokens.ts'
import { CorpusWords } from './corpus-words.ts'
import { readNameList } from './names.ts'
import type { Augmentation } from './settings.ts'

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

/** Number of a random stream, which separates the random numbers of a vocabulary from those of training. */
const VOCABULARY = 2

/** Augmentation that still needs the model: the abilities of its vocabulary, and its languages. */
export interface PreparedAugmentation {
  for(expressible: Expressible, languages: LanguagePair): Augmenter
}

/**
 * Reads the data that augmentation needs before a training: the words of the pairs, and the list of names, if there is
 * one.
 * @throws GlassformerError as `readNameList`
 */
export async function prepareAugmentation(
  rates: Augmentation,
  pairs: AsyncIterable<Pair>,
): Promise<PreparedAugmentation> {
  const nameList = rates.nameList === undefined ? [] : await readNameList(rates.nameList)
  const words = await CorpusWords.of(pairs)
  return { for: (expressible, languages) => new Augmenter(rates, { words, nameList, languages, expressible }) }
}

/** Pairs augmented as in training, from which a vocabulary is learned. */
export async function* augmented(
  pairs: AsyncIterable<Pair>,
  augmenter: Augmenter,
  seed: number,
): AsyncGenerator<Pair, void, undefined> {
  let at = 0
  for await (const pair of pairs) yield augmenter.roughened([pair], new Random(seed, VOCABULARY, at++))
}
