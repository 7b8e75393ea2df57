import { GlassformerError } from '../../base/errors.ts'
import { LONGEST_TEXT } from '../../base/limits.ts'
import { reading } from '../../base/reading.ts'
import { counted, whole } from '../../base/values/number-text.ts'

const refuse = (what: string): never => {
  throw new GlassformerError('ERR_INPUT', what)
}

/** Checks lengths, because the n-grams of a text of millions of words would fill the memory. */
function checkLengths(texts: readonly string[], what: string): void {
  const i = texts.findIndex(({ length }) => length > LONGEST_TEXT)
  if (i >= 0)
    throw new GlassformerError(
      'ERR_INPUT_TOO_LONG',
      `${what}[${i}] has ${counted(texts[i].length, 'character')}, where one may have ${whole(LONGEST_TEXT)}: score its sentences`,
    )
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.findIndex((text) => typeof text !== 'string') < 0 // sees holes too

/**
 * Checks that every hypothesis has at least one reference.
 * @returns the different numbers of references that hypotheses have
 * @throws GlassformerError ERR_INPUT, naming the first sentence that is wrong
 */
export function checkCorpus(hypotheses: readonly string[], references: readonly (readonly string[])[]): Set<number> {
  return reading(
    'hypotheses and references',
    () => {
      if (!isTexts(hypotheses)) refuse('hypotheses must be a list of texts')
      if (!Array.isArray(references))
        refuse('references must be a list: for each hypothesis the list of its references')
      if (hypotheses.length !== references.length)
        refuse(
          `${hypotheses.length} hypotheses, but references for ${references.length}: references[i] must be the list of all references of hypotheses[i]`,
        )
      if (hypotheses.length === 0) refuse('there is no sentence to score')
      checkLengths(hypotheses, 'hypotheses')
      for (const [i, list] of references.entries()) {
        if (!isTexts(list)) refuse(`references[${i}] must be a list of texts, the references of hypotheses[${i}]`)
        if (list.length === 0) refuse(`references[${i}] is empty: hypotheses[${i}] has nothing to be compared with`)
        checkLengths(list, `references[${i}]`)
      }
      return new Set(references.map(({ length }) => length))
    },
    'ERR_INPUT',
  )
}
