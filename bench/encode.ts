/** How many source tokens a second does the encoder take, with the keys and values that it leaves for the decoder? */

import { encoderProgram } from '#dist/decode/programs.js'
import { PositionTable } from '#dist/model/positions.js'
import { type BenchModel, heldFor, models, randomSources } from './models.ts'
import { type Bench, playedBy } from './played.ts'
import type { Case, Field, Question } from './question.ts'
import { countUp, equalSpans } from './spans.ts'

const TOKENS = 20
const batches = [1, 32]

export const encode: Question = {
  name: 'encode',
  title: `sentences of ${TOKENS} tokens through the encoder`,
  unit: 'tokens/s',
  contenders: ({ contenders }) => contenders,
  *cases(field) {
    for (const model of models) for (const batch of batches) yield encoding(model(), batch, field)
  },
}

function encoding(model: BenchModel, batch: number, { contenders }: Field): Case {
  return {
    label: `${model.name}, batch ${batch}`,
    model: model.name,
    batch,
    tokens: batch * TOKENS,
    sides: contenders.flatMap((contender) =>
      playedBy([contender], encoderBench(heldFor(contender.player, model).weights, batch)),
    ),
  }
}

function encoderBench(weights: BenchModel['weights'], batch: number): Bench {
  const { config } = weights
  const { decoder } = config
  const rows = batch * TOKENS
  const memory = Array.from({ length: decoder.layers }, (_, layer) => [
    `memory.${layer}`,
    new Float32Array(rows * 2 * decoder.heads * decoder.dHead),
  ])
  return {
    program: encoderProgram(weights),
    weights,
    rows: { S: rows, B: batch, M: rows, N: TOKENS },
    arrays: {
      'source.tokens': Int32Array.from(randomSources(batch, TOKENS, config).flat()),
      'source.positions': countUp(rows, TOKENS),
      sources: equalSpans(batch, TOKENS),
      'memory.slots': countUp(rows),
      sinusoids: new PositionTable(config.positions, config.dModel).atLeast(TOKENS),
      ...Object.fromEntries(memory),
    },
  }
}
