import { afterAll, describe, expect, it } from 'vitest'
import { raggedPairs } from '#dist/engine/decode/step/index.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { PositionTable } from '#dist/engine/model/position-table.js'
import { transformer } from '#dist/engine/model/transformer.js'
import { differentiate } from '#dist/engine/program/gradient.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { Program } from '#dist/engine/program/program.js'
import { splitActivations } from '#dist/engine/program/split-activations.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { backends } from '../../backends.ts'
import { modelConfig } from '../../learn/train/small-model.ts'
import { expectClose } from '../decode/expect-close.ts'
import { logSoftmax } from '../program/mathematics.ts'
import { Random } from '../program/random-operands.ts'
import { plainLogits } from './plain-transformer.ts'

function modelOf(random: Random, local: number, positions: ModelConfig['positions']): Weights {
  const stack = { layers: 2, heads: 2, dHead: 4, dFeedForward: 12, attention: { local } }
  const weights = new Weights({
    ...modelConfig,
    dModel: 8,
    encoder: stack,
    decoder: stack,
    positions,
    sourceVocabulary: 20,
    targetVocabulary: 20,
    ids: { end: 0, start: 1, padding: null, unknown: null },
  })
  for (let i = 0; i < weights.values.length; i++) weights.values[i] = random.next() - 0.5
  return weights
}

/** Pairs of sentences of several blocks, of one, and of one token. */
const pairsOf = (random: Random) =>
  [
    [140, 70],
    [1, 1],
    [31, 100],
  ].map((lengths) => {
    const [source, target] = lengths.map((length) => Array.from({ length }, () => random.integer(1, 19)))
    return { source, target }
  })

/** The scores of the plain formulas, which take their time, by the reach of a token. */
const plain: Record<number, number[][]> = {}

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it.each([
    [5, { kind: 'buckets', buckets: 8, furthest: 9 }],
    [40, { kind: 'relative', clip: 3 }],
    [33, { kind: 'buckets', buckets: 8, furthest: 20 }],
  ] as const)('blocks of tokens that see those fewer than %i away follow the plain formulas', (local, positions) => {
    const random = new Random(local)
    const weights = modelOf(random, local, positions)
    const pairs = pairsOf(random)
    const scores = new ForcedDecoder(player, weights).score(pairs)
    plain[local] ??= pairs.map(({ source, target }) =>
      plainLogits(weights, source, target).map((row, t) => logSoftmax(row)[target[t]]),
    )
    scores.forEach((of, i) => expectClose(of, plain[local][i], 2e-5))
  })

  it('gradients through the copied keys of blocks are those of whole sentences whose far tokens are masked', () => {
    const random = new Random(7)
    const weights = modelOf(random, 9, { kind: 'buckets', buckets: 8, furthest: 20 })
    const pairs = pairsOf(random)
    const table = PositionTable.of(weights.config)
    const { rows, arrays } = raggedPairs(pairs, weights.config, table)
    const dStates = random.floats(rows.T * weights.config.dModel)
    const gradientsOf = (isWhole: boolean) => {
      const p = new Program('gradients', weights)
      const seed = p.input('seed', 1, 1, 'int32')
      if (isWhole) p.tracing = true
      else p.training = { dropout: { residual: 0, attention: 0, activation: 0 }, seed, routers: [], commitments: [] }
      const states = transformer(p, weights.config)
      splitActivations(p)
      differentiate(p, [[states, p.input('dStates', 'T', weights.config.dModel)]])
      const gradients = new Float32Array(weights.values.length)
      const sum = (a: 'source' | 'target', b: 'source' | 'target') =>
        pairs.reduce((total, pair) => total + pair[a].length * pair[b].length, 0)
      const counts = {
        'P(sources, sources)': sum('source', 'source'),
        'P(targets, targets)': sum('target', 'target'),
        'P(targets, sources)': sum('target', 'source'),
      }
      new LoadedProgram(player, p).play(
        { ...rows, ...counts },
        { ...arrays, seed: new Int32Array(1), dStates, gradients },
      )
      return gradients
    }
    const gradients = gradientsOf(false)
    expect(gradients.some((value) => Math.abs(value) > 0.1)).toBe(true)
    expectClose(gradients, gradientsOf(true), 2e-5)
  })
})
