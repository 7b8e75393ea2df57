import { listedWidth } from '../../backend/interface/listed.ts'
import { pairsOfSpans } from '../../backend/interface/spans.ts'
import { defineOp, expectIs, expectShape } from '../instructions/op.ts'
import { candidates } from './candidates.ts'

/**
 * The best next tokens of each row among those of a list, one list for each sentence: `candidates` with a vocabulary of its own for the
 * rows
 * [begin, end) of `queries`. The weight's rows of all lists lie copied in `listed`, in the weight's encoding (engine/backend/listed.ts), and their ids in `listedIds`, which ascend within a list; `lists` has [begin, end) of each list. Edits of ids that are not listed do nothing. Where a list is shorter than k, the remaining places have the score −∞ and the id −1. x [R, d],
 * weight [vocabulary, d], bias [1, vocabulary], edits [E, 3], values [E, 1], listed [L, …], listedIds [L, 1], lists [B, 2], queries [B, 2]
 * → scores [C, 1], ids [C, 1].
 */
export const listedCandidates = defineOp({
  name: 'listedCandidates',
  inputs: ['x', 'weight', 'bias?', 'edits', 'values', 'listed', 'listedIds', 'lists', 'queries'],
  integers: ['edits', 'listedIds', 'lists', 'queries', 'ids'],
  encoded: ['weight'],
  attributes: candidates.row.attributes,
  neutral: { scale: 1 },
  outputs: candidates.row.outputs,
  shapes: (inputs, attributes) => {
    const { weight, listed, listedIds, lists, queries } = inputs
    const shapes = candidates.row.shapes(inputs, attributes)
    const width = listedWidth(weight.encoding, weight.width)
    expectShape(listed.width === width && !listed.isView, 'listedCandidates', `${listed} is not ${width} wide`)
    expectIs('listedCandidates', listedIds, listed.rows, 1)
    expectShape(
      lists.width === 2 && queries.width === 2 && lists.rows === queries.rows,
      'listedCandidates',
      `${lists} and ${queries} must be [begin, end) pairs of the same sentences`,
    )
    return shapes
  },
  cost: ({ x }) => ({ flops: 2 * x.width + 5, per: 'pairs' }),
  pairs: ({ lists, queries }) => pairsOfSpans(queries, lists),
})
