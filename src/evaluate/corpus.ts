import { GlassformerError } from '../errors.ts'

const refuse = (what: string): never => {
  throw new GlassformerError('ERR_INPUT', what)
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.findIndex((text) => typeof text !== 'string') < 0 // sees holes too

/**
 * Checks that every hypothesis has at least one reference.
 * @returns the different numbers of references that hypotheses have
 * @throws GlassformerError ERR_INPUT, naming the first sentence that is wrong
 */
export function checkCorpus(hypotheses: readonly string[], references: readonly (readonly string[])[]): Set<number> {
  if (!isTexts(hypotheses)) refuse('hypotheses must be a list of texts')
  if (!Array.isArray(references)) refuse('references must be a list: for each hypothesis the list of its references')
  if (hypotheses.length !== references.length)
    refuse(
      `${hypotheses.length} hypotheses, but references for ${references.length}: references[i] must be the list of all references of hypotheses[i]`,
    )
  if (hypotheses.length === 0) refuse('there is no sentence to score')
  for (const [i, list] of references.entries()) {
    if (!isTexts(list)) refuse(`references[${i}] must be a list of texts, the references of hypotheses[${i}]`)
    if (list.length === 0) refuse(`references[${i}] is empty: hypotheses[${i}] has nothing to be compared with`)
  }
  return new Set(references.map(({ length }) => length))
}
