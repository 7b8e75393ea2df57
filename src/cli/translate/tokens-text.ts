import { isFailure, type Outcome } from '../../use/translate/calls/index.ts'
import type { TokenVocabulary } from '../../use/translate/sentences/index.ts'
import type { Alternative } from '../../use/translate/translation/translation.ts'

/** The tokens that a line lists, separated by spaces. */
export const tokensIn = (line: string): string[] => line.split(' ').filter((token) => token !== '')

/**
 * An outcome whose texts are the tokens of the translations, separated by spaces. `line` lists the tokens of the
 * source.
 */
export function withTokens(outcome: Outcome, line: string, vocabulary: TokenVocabulary): Outcome {
  if (isFailure(outcome)) return outcome
  const source = tokensIn(line)
  const one = <A extends Alternative>(alternative: A): A => ({
    ...alternative,
    text: vocabulary.translated(alternative, source).join(' '),
  })
  const { alternatives } = outcome
  return { ...one(outcome), ...(alternatives && { alternatives: alternatives.map(one) }) }
}
