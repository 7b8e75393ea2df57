/**
 * How near do translations come to what their products allow? The limit is the time that oneDNN's matmul takes for the same products:
 * products of the same shapes, in the same order, each with a packed weight of its own, and nothing else. On two threads each core has half
 * the outputs of every product, and neither core waits for the other.
 */
import { availableParallelism } from 'node:os'
import type { PlayingContender } from '../harness/contender.ts'
import { type BenchModel, type Precision, precisions, randomSources } from '../harness/models.ts'
import { OneDnn, type Product } from '../harness/onednn.ts'
import type { Case, Question, Setting, Side, Unanswerable } from '../harness/question.ts'
import type { Played } from '../harness/timed-player.ts'
import { TOKENS, Translating, type Way, waysOf } from '../harness/translating.ts'

const THREADS = Math.min(2, availableParallelism())

export async function openProducts({ peers }: Setting): Promise<Question | Unanswerable> {
  try {
    const oneDnn = await OneDnn.open(peers, THREADS)
    return {
      name: 'products',
      title: `ids to ids, ${TOKENS} tokens in, exactly ${TOKENS} out; sentences × beam; limit: its products by oneDNN, and nothing else`,
      unit: 'tokens/s',
      about: [
        `oneDNN ${oneDnn.versions.join(' or ')}, the faster one; on two threads each has half the outputs`,
        ...oneDnn.lacks,
      ],
      contenders: ({ contenders }) => [
        ...contenders.filter(({ name }) => name === 'native'),
        theirs(oneDnn, 'float32', [], 1).contender,
      ],
      *cases({ models, contenders, scale }) {
        const natives = contenders.filter(({ backend, threads }) => backend === 'native' && threads <= THREADS)
        const both = precisions.filter((precision) => oneDnn.has(precision))
        for (const model of models)
          for (const precision of both)
            for (const native of natives) yield* cells(oneDnn, native, model(precision), precision, waysOf(scale))
      },
      close: () => oneDnn.close(),
    }
  } catch (error) {
    return { reason: (error as Error).message }
  }
}

function* cells(
  oneDnn: OneDnn,
  native: PlayingContender,
  model: BenchModel,
  precision: Precision,
  ways: readonly Way[],
): Iterable<Case> {
  const ours = new Translating({ ...native, name: 'native', precision }, model)
  for (const { batch, beam } of ways) {
    const sources = randomSources(batch, TOKENS, model.weights.config)
    yield {
      label: `${model.name} ${precision} ×${native.threads}, ${batch} × ${beam}`,
      model: model.name,
      batch,
      beam,
      tokens: batch * TOKENS,
      sides: [
        ours.side(sources, beam),
        theirs(oneDnn, precision, productsOf(ours.plays(sources, beam)), native.threads),
      ],
    }
  }
}

function theirs(oneDnn: OneDnn, precision: Precision, products: readonly Product[], threads: number): Side {
  return {
    contender: {
      name: 'limit',
      backend: `onednn ${oneDnn.versions.join('/')}`,
      precision,
      isa: 'its own',
      blas: 'its own',
      threads,
    },
    prepare: () => oneDnn.prepare(precision, products, threads),
    run: (runs) => oneDnn.run(runs),
  }
}

/** Every product with a weight that these programs compute, in their order: the first operands are rows, and a weight. */
function productsOf(plays: readonly Played[]): Product[] {
  const weights = new Map<string, number>()
  const numberOf = (weight: string) => weights.get(weight) ?? weights.set(weight, weights.size).size - 1
  return plays.flatMap(({ program: { name, tensors, instructions }, rows: bound }) =>
    instructions
      .filter(({ op }) => op === 'linear' || op === 'candidates')
      .map(({ inputs: [rows, weight] }) => {
        const { symbol, rows: fixed } = tensors[rows.tensor]
        const { rows: outputs, width: inputs } = tensors[weight.tensor]
        return {
          rows: symbol < 0 ? fixed : bound[symbol],
          inputs,
          outputs,
          weight: numberOf(`${name} ${weight.tensor}`),
        }
      }),
  )
}
