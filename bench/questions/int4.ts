/** How much faster is a translation in int4 than in int8, which reads nearly twice the bytes? */
import type { PlayingContender } from '../harness/contender.ts'
import { loadingMemory } from '../harness/loading-memory.ts'
import type { ModelName } from '../harness/model-names.ts'
import { type Precision, randomSources } from '../harness/models.ts'
import type { Field, Question } from '../harness/question.ts'
import { together } from '../harness/scale.ts'
import { TOKENS, Translating } from '../harness/translating.ts'

const shapes: readonly ModelName[] = ['nllb-600m', 'flan-t5-base']
const compared = ['int8', 'int4'] as const

export function openInt4(): Question {
  const memory: string[] = []
  return {
    name: 'int4',
    title: `ids to ids, ${TOKENS} tokens in, exactly ${TOKENS} out, greedily`,
    unit: 'tokens/s',
    ratios: [
      { title: 'how many times as fast as int8', pairs: ['', ' ×2'].map((on) => [`int4${on}`, `int8${on}`] as const) },
    ],
    contenders: held,
    *cases(field) {
      const makers = shapes.map((name) => field.scale.models[name])
      const named = makers.filter((make) => field.models.includes(make))
      for (const make of named.length ? named : makers) {
        memory.push(...loadingMemory(make(), compared))
        const sides = held(field).map((contender) => new Translating(contender, make(contender.precision)))
        const { name, weights } = make()
        for (const batch of together(field.scale, [1, 4, 16])) {
          const sources = randomSources(batch, TOKENS, weights.config)
          yield {
            label: `${name}, batch ${batch}`,
            model: name,
            batch,
            beam: 1,
            tokens: batch * TOKENS,
            sides: sides.map((side) => side.side(sources, 1)),
          }
        }
      }
    },
    conclude: () => memory,
  }
}

/** Native in both precisions, on one thread and two. */
const held = ({ contenders }: Field): (PlayingContender & { precision: Precision })[] =>
  contenders
    .filter(({ backend }) => backend === 'native')
    .flatMap((contender) =>
      compared.map((precision) => ({ ...contender, precision, name: contender.name.replace('native', precision) })),
    )
