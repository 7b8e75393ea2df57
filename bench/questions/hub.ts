/**
 * How many tokens a second do models of the hub's shapes translate, beside CTranslate2 where it is installed, and how much memory does
 * loading them take?
 */
import { counted } from '#dist/base/number-text.js'
import { cells, columnOf, type TranslatingPeer, title } from '../harness/beside.ts'
import { loadingMemory } from '../harness/loading-memory.ts'
import type { ModelName } from '../harness/model-names.ts'
import type { Field, Question, Setting } from '../harness/question.ts'
import type { Row } from '../harness/row.ts'
import { waysOf } from '../harness/translating.ts'
import { startCTranslate2 } from './ctranslate2.ts'

const shapes: readonly ModelName[] = ['opus-mt', 'nllb-600m', 'flan-t5-base']
const precisions = ['float32', 'int8'] as const

export async function openHub(setting: Setting): Promise<Question> {
  let peer: TranslatingPeer | null = null
  let reason = ''
  try {
    peer = await startCTranslate2(setting)
  } catch (error) {
    reason = (error as Error).message
  }
  const memory: string[] = []
  return {
    name: 'hub',
    title,
    unit: 'tokens/s',
    about: peer?.about ?? [`CTranslate2 is not measured: ${reason}`],
    contenders: ({ contenders }) => [
      ...contenders.filter(({ name }) => name === 'native'),
      ...(peer ? [columnOf(peer)] : []),
    ],
    *cases(field) {
      const natives = field.contenders.filter(({ backend }) => backend === 'native')
      const ways = waysOf(field.scale, [1, 16])
      for (const make of chosen(field)) {
        memory.push(...loadingMemory(make(), precisions))
        for (const precision of precisions)
          for (const native of natives)
            yield* cells(
              [native],
              native.threads,
              make(precision),
              precision,
              ways,
              peer?.precisions.includes(precision) ? peer : null,
            )
      }
    },
    conclude: (rows) => [...means(rows), ...memory],
    close: () => peer?.child.close(),
  }
}

/** The shapes that --models names; by default all of them. */
function chosen({ models, scale }: Field) {
  const makers = shapes.map((name) => scale.models[name])
  const named = makers.filter((make) => models.includes(make))
  return named.length ? named : makers
}

/** How a model compares in all its rows. */
function means(rows: readonly Row[]): string[] {
  const ratios = new Map<string, number[]>()
  for (const { cells } of rows) {
    const { model, ratio } = cells.get('native')!
    if (ratio !== null) ratios.set(model!, [...(ratios.get(model!) ?? []), ratio])
  }
  return [...ratios].map(([model, found]) => {
    const mean = Math.exp(found.reduce((sum, ratio) => sum + Math.log(ratio), 0) / found.length)
    const least = Math.min(...found)
    return `${model}: ${mean.toFixed(2)}× CTranslate2 in the geometric mean of ${counted(found.length, 'row')}, ${least.toFixed(2)}× at least`
  })
}
