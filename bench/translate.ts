/** How many target tokens a second come out of a whole translation, from ids to ids: encoder, steps, search? */
import { type BenchModel, models, randomSources } from './models.ts'
import type { Case, Question } from './question.ts'
import { TOKENS, Translating, type Way, ways } from './translating.ts'

export const translate: Question = {
  name: 'translate',
  title: `ids to ids, ${TOKENS} tokens in, exactly ${TOKENS} out`,
  unit: 'tokens/s',
  sharesOf: ['js', 'native'],
  contenders: ({ contenders }) => contenders,
  *cases(field) {
    for (const model of models) {
      const sides = field.contenders.map((contender) => new Translating(contender, model()))
      for (const way of ways) yield translating(model(), way, sides)
    }
  },
}

function translating({ name, weights }: BenchModel, way: Way, sides: readonly Translating[]): Case {
  const { batch, beam } = way
  const sources = randomSources(batch, TOKENS, weights.config)
  return {
    label: `${name}, batch ${batch}, beam ${beam}`,
    model: name,
    batch,
    beam,
    tokens: batch * TOKENS,
    sides: sides.map((side) => side.side(sources, beam)),
  }
}
