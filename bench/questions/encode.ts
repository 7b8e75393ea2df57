/** How many source tokens a second does the encoder take, with the keys and values that it leaves for the decoder? */

import type { Player } from '#dist/engine/backend/interface/backend.js'
import { encoderBatches, tokensAtOnce } from '#dist/engine/decode/batch/encoder-batches.js'
import { encoderProgram } from '#dist/engine/decode/step/programs.js'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { PositionTable } from '#dist/engine/model/position-table.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import type { PlayingContender } from '../harness/contender.ts'
import { timed } from '../harness/interleave.ts'
import { type BenchModel, heldFor, randomSources } from '../harness/models.ts'
import type { Case, Field, Question, Side } from '../harness/question.ts'
import { together } from '../harness/scale.ts'
import { countUp, equalSpans } from '../harness/spans.ts'

const TOKENS = 20
const batches = [1, 32]

export const encode: Question = {
  name: 'encode',
  title: `sentences of ${TOKENS} tokens through the encoder`,
  unit: 'tokens/s',
  contenders: ({ contenders }) => contenders,
  *cases(field) {
    for (const model of field.models)
      for (const batch of together(field.scale, batches)) yield encodings(model(), batch, field)
  },
}

function encodings(model: BenchModel, batch: number, { contenders }: Field): Case {
  return {
    label: `${model.name}, batch ${batch}`,
    model: model.name,
    batch,
    tokens: batch * TOKENS,
    sides: contenders.map((contender) => encoding(contender, heldFor(contender.player, model).weights, batch)),
  }
}

/** Encodes the batch as a translation does, chunk after chunk. */
function encoding(contender: PlayingContender, weights: BenchModel['weights'], batch: number): Side {
  const { player } = contender
  const { config } = weights
  const memory = memoryOf(player, config, batch * TOKENS)
  const positions = PositionTable.of(config).atLeast(TOKENS)
  const sentences = randomSources(batch, TOKENS, config).map((source, at) => ({ source, at }))
  const plays = encoderBatches(sentences, tokensAtOnce(player.info)).map((chunk) => {
    const rows = chunk.length * TOKENS
    const arrays = {
      'source.tokens': Int32Array.from(chunk.flatMap(({ source }) => source)),
      'source.positions': countUp(rows, TOKENS),
      sources: equalSpans(chunk.length, TOKENS),
      'memory.slots': countUp(rows).map((row) => chunk[0].at * TOKENS + row),
    }
    return {
      rows: { S: rows, B: chunk.length, M: batch * TOKENS, N: positions.rows },
      arrays: { ...arrays, ...positions.arrays, ...memory },
    }
  })
  const loaded = new LoadedProgram(player, encoderProgram(weights))
  return { contender, run: timed(() => plays.forEach(({ rows, arrays }) => void loaded.play(rows, arrays))) }
}

/** Where the encoder leaves keys and values for each decoder layer. */
function memoryOf(player: Player, { decoder }: ModelConfig, rows: number): Record<string, Float32Array> {
  const width = 2 * decoder.heads * decoder.dHead
  const layers = Array.from({ length: decoder.layers }, (_, i) => [
    `memory.${i}`,
    player.array('float32', rows * width),
  ])
  return Object.fromEntries(layers)
}
