import { GlassformerError } from '../../errors.ts'
import { readLines } from '../../formats/lines.ts'
import type { Pair } from '../data/corpus.ts'
import { Random } from '../random.ts'
import { Augmenter } from './augmenter.ts'
import type { Languages } from './case.ts'
import type { Expressible } from './copied-tokens.ts'
import { CorpusWords } from './corpus-words.ts'
import type { Augmentation } from './settings.ts'

/** Distinguishes the random numbers for a vocabulary from those of training. */
const VOCABULARY = 2

/** Augmentation that waits for the model: what its vocabulary can express, and its languages. */
export interface PreparedAugmentation {
  for(expressible: Expressible, languages: Languages): Augmenter
}

/**
 * Reads what augmentation has to know before a training: the words of the pairs, and the list of names, where there is one.
 * @throws GlassformerError ERR_INPUT where the list is empty, ERR_FILE where it cannot be read
 */
export async function prepareAugmentation(
  rates: Augmentation,
  pairs: AsyncIterable<Pair>,
): Promise<PreparedAugmentation> {
  const nameList = rates.nameList === undefined ? [] : await namesIn(rates.nameList)
  const words = await CorpusWords.of(pairs)
  return { for: (expressible, languages) => new Augmenter(rates, { words, nameList, languages, expressible }) }
}

async function namesIn(path: string): Promise<string[]> {
  const names = new Set<string>()
  for await (const lines of readLines(path))
    for (const line of lines) {
      const name = line.normalize('NFC').replace(/\s+/g, ' ').trim()
      if (name !== '') names.add(name)
    }
  if (!names.size)
    throw new GlassformerError(
      'ERR_INPUT',
      `${path} has no names: give a file with one a line, or leave data.augment.nameList out`,
    )
  return [...names]
}

/** Pairs as training makes them rougher, for a vocabulary to be learned from. */
export async function* augmented(
  pairs: AsyncIterable<Pair>,
  augmenter: Augmenter,
  seed: number,
): AsyncGenerator<Pair, void, undefined> {
  let at = 0
  for await (const pair of pairs) yield augmenter.roughened([pair], new Random(seed, VOCABULARY, at++))
}
