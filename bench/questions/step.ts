/** How long does one decoding step take (the program: decoder, output projection, top-k) at several cache lengths? */

import { bfloat16FromFloats } from '#dist/base/values/bfloat16.js'
import type { TensorArray } from '#dist/engine/backend/interface/backend.js'
import { type CacheType, cacheType } from '#dist/engine/decode/memory/cache-type.js'
import { stepProgram } from '#dist/engine/decode/step/programs.js'
import { PositionTable } from '#dist/engine/model/position-table.js'
import { type BenchModel, heldFor } from '../harness/models.ts'
import { type Bench, playedBy } from '../harness/played.ts'
import type { Case, Field, Question } from '../harness/question.ts'
import { fillRandom, randomNumbers } from '../harness/random.ts'
import { together } from '../harness/scale.ts'
import { countUp, equalSpans } from '../harness/spans.ts'

const SOURCE_TOKENS = 20
/** The number of tokens that each row attends to, for one sentence and for several. */
const pasts = { one: [1, 16, 64, 256], several: [16, 256] }

export const step: Question = {
  name: 'step',
  title: `one greedy decoding step, source of ${SOURCE_TOKENS} tokens, by the tokens that each row looks back on`,
  unit: 'ms',
  contenders: ({ contenders }) => contenders,
  *cases(field) {
    const [several] = together(field.scale, [32])
    const stages: Stage[] = [
      ...pasts.one.map((length) => ({ batch: 1, length })),
      ...pasts.several.map((length) => ({ batch: several, length })),
    ]
    for (const model of field.models) for (const stage of stages) yield stepping(model(), stage, field)
  },
}

interface Stage {
  batch: number
  length: number
}

function stepping(model: BenchModel, stage: Stage, { contenders }: Field): Case {
  const { name, generation } = model
  const { batch, length } = stage
  return {
    label: `${name}, batch ${batch}, past ${length}`,
    model: name,
    batch,
    beam: 1,
    tokens: batch,
    sides: contenders.flatMap((contender) =>
      playedBy([contender], stepBench(heldFor(contender.player, model).weights, generation.suppress, stage)),
    ),
  }
}

/** Numbers in the representation of a cache of this type. */
function randomCache(length: number, type: CacheType, random: () => number): TensorArray {
  const values = fillRandom(new Float32Array(length), 1, random)
  if (type === 'float32') return values
  const halves = new Uint16Array(length)
  bfloat16FromFloats(values, halves)
  return halves
}

/** All bindings of a greedy decoder step for `batch` sentences whose translations have `length` tokens. */
function stepBench(weights: BenchModel['weights'], suppress: readonly number[], { batch, length }: Stage): Bench {
  const { config } = weights
  const { decoder } = config
  const random = randomNumbers(length)
  const positions = PositionTable.of(config).atLeast(length)
  const width = 2 * decoder.heads * decoder.dHead
  const layers = (name: string, rows: number) =>
    Object.fromEntries(
      Array.from({ length: decoder.layers }, (_, layer) => [
        `${name}.${layer}`,
        randomCache(rows * width, cacheType(weights), random),
      ]),
    )
  const edits = Array.from({ length: batch }, (_, row) => suppress.map((id) => [row, id, 0])).flat()
  return {
    program: stepProgram(weights, 'after'),
    rows: {
      R: batch,
      B: batch,
      C: batch,
      E: edits.length,
      M: batch * SOURCE_TOKENS,
      K: batch * length,
      A: batch * length,
      N: positions.rows,
    },
    arrays: {
      'target.tokens': Int32Array.from({ length: batch }, () => Math.floor(random() * config.targetVocabulary)),
      'target.positions': new Int32Array(batch).fill(length - 1),
      slots: Int32Array.from({ length: batch }, (_, row) => (row + 1) * length - 1),
      ancestors: countUp(batch * length),
      pasts: equalSpans(batch, length),
      queries: equalSpans(batch, 1),
      sources: equalSpans(batch, SOURCE_TOKENS),
      edits: Int32Array.from(edits.flat()),
      values: new Float32Array(edits.length).fill(-Infinity),
      ...positions.arrays,
      'candidate.scores': new Float32Array(batch),
      'candidate.ids': new Int32Array(batch),
      ...layers('memory', batch * SOURCE_TOKENS),
      ...layers('cache', batch * length),
    },
  }
}
