/** How many target tokens a second come out of a whole translation, from ids to ids: encoder, steps, search? */
import type { PlayingContender } from '../harness/contender.ts'
import { type BenchModel, type Precision, precisions, randomSources } from '../harness/models.ts'
import type { Case, Field, Question } from '../harness/question.ts'
import { TOKENS, Translating, type Way, waysOf } from '../harness/translating.ts'

export const translate: Question = {
  name: 'translate',
  title: `ids to ids, ${TOKENS} tokens in, exactly ${TOKENS} out`,
  unit: 'tokens/s',
  sharesOf: ['js', 'wasm', 'native'],
  ratios: [
    {
      title: 'how many times as fast as JavaScript in float32',
      pairs: ['wasm', 'native', 'bfloat16', 'int8'].flatMap((name) =>
        [name, `${name} ×2`].map((of) => [of, 'js'] as const),
      ),
    },
    {
      title: 'how many times as fast as float32 on as many threads',
      pairs: [
        ['js int8', 'js'],
        ['wasm int8', 'wasm'],
        ['wasm int8 ×2', 'wasm ×2'],
        ...['bfloat16', 'int8'].flatMap((name) => ['', ' ×2'].map((on) => [name + on, `native${on}`] as const)),
      ],
    },
    {
      title: 'two threads, how many times as fast as one',
      pairs: ['wasm', 'wasm int8', 'native', 'bfloat16', 'int8'].map((name) => [`${name} ×2`, name] as const),
    },
  ],
  contenders: held,
  *cases(field) {
    for (const model of field.models) {
      const sides = held(field).map((contender) => new Translating(contender, model(contender.precision)))
      for (const way of waysOf(field.scale)) yield translating(model(), way, sides)
    }
  },
}

/** All contenders with the model in float32 and int8 ('int8' is native, beside 'wasm int8' and 'js int8'), and native also in bfloat16. */
function held({ contenders }: Field): (PlayingContender & { precision: Precision })[] {
  return precisions.flatMap((precision) =>
    contenders
      .filter(({ backend }) => precision !== 'bfloat16' || backend === 'native')
      .map((contender) => ({ ...contender, precision, name: nameOf(contender.name, precision) })),
  )
}

/** 'wasm ×2' → 'wasm int8 ×2', 'native ×2' → 'int8 ×2' */
const nameOf = (name: string, precision: Precision) =>
  precision === 'float32' ? name : name.replace(/^\w+/, (of) => (of === 'native' ? precision : `${of} ${precision}`))

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
