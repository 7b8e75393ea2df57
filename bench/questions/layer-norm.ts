/** How fast is layer norm over the rows of one decoding step and of an encoder batch? */
import { layerNorm as layerNormOp } from '#dist/engine/program/ops/layer-norm.js'
import { Program } from '#dist/engine/program/program.js'
import { flopsOfPlay, playedBy, storeOf } from '../harness/played.ts'
import type { Case, Field, Question } from '../harness/question.ts'
import { fillRandom, randomNumbers } from '../harness/random.ts'

const rowCounts = [1, 32, 640]
const WIDTH = 512

export const layerNorm: Question = {
  name: 'layer-norm',
  title: 'rows × width, 8 FLOP an element',
  unit: 'GFLOP/s',
  contenders: ({ contenders }) => contenders,
  *cases(field) {
    for (const rows of rowCounts) yield rowsOfLayerNorm(rows, field)
  },
}

function rowsOfLayerNorm(rows: number, { contenders }: Field): Case {
  const weights = storeOf({ gamma: { rows: 1, width: WIDTH }, beta: { rows: 1, width: WIDTH } })
  const random = randomNumbers(rows)
  fillRandom(weights.values, 1, random)
  const program = new Program('layer-norm', weights)
  const [y] = layerNormOp(
    program,
    { x: program.input('x', 'S', WIDTH), gamma: program.weight('gamma'), beta: program.weight('beta') },
    { epsilon: 1e-5 },
  )
  program.output(y, 'y')
  const arrays = { x: fillRandom(new Float32Array(rows * WIDTH), 1, random), y: new Float32Array(rows * WIDTH) }
  const bench = { program, rows: { S: rows }, arrays }
  return {
    label: `${rows} × ${WIDTH}`,
    batch: rows,
    flops: flopsOfPlay(bench),
    sides: playedBy(contenders, bench),
  }
}
