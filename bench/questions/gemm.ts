/** How fast are matrix products, large ones and those of decoding, where few rows meet many weights? */
import { linear } from '#dist/engine/program/ops/linear.js'
import { Program } from '#dist/engine/program/program.js'
import { type Bench, playedBy, storeOf } from '../harness/played.ts'
import type { Case, Field, Question } from '../harness/question.ts'
import { fillRandom, randomNumbers } from '../harness/random.ts'

const squares = [256, 512, 1024]
const outputs = [512, 2048, 32000]
const rowCounts = [1, 4, 16, 64]

const shapes = [
  ...squares.map((n) => ({ rows: n, inputs: n, outputs: n })),
  ...outputs.flatMap((outputs) => rowCounts.map((rows) => ({ rows, inputs: 512, outputs }))),
  { rows: 128, inputs: 512, outputs: 2048 },
]

export const gemm: Question = {
  name: 'gemm',
  title: 'rows × inputs → outputs',
  unit: 'GFLOP/s',
  contenders: ({ contenders, withoutBlas, peers }) => [...contenders, ...(withoutBlas ? [withoutBlas] : []), ...peers],
  *cases(field) {
    const { mostElements } = field.scale
    for (const shape of shapes) if (shape.inputs * shape.outputs <= mostElements) yield product(shape, field)
  },
}

function product(
  shape: { rows: number; inputs: number; outputs: number },
  { contenders, withoutBlas, peers }: Field,
): Case {
  const { rows, inputs, outputs } = shape
  const random = randomNumbers(rows + outputs)
  const weights = storeOf({ weight: { rows: outputs, width: inputs } })
  fillRandom(weights.values, inputs ** -0.5, random)
  const x = fillRandom(new Float32Array(rows * inputs), 1, random)
  const program = new Program('gemm', weights)
  const [y] = linear(
    program,
    { x: program.input('x', 'S', inputs), weight: program.weight('weight') },
    { activation: 'none', scale: 1 },
  )
  program.output(y, 'y')
  const bench: Bench = { program, rows: { S: rows }, arrays: { x, y: new Float32Array(rows * outputs) } }
  return {
    label: `${rows} × ${inputs} → ${outputs}`,
    batch: rows,
    flops: 2 * rows * inputs * outputs,
    sides: [
      ...playedBy(withoutBlas ? [...contenders, withoutBlas] : contenders, bench),
      ...peers.map((peer) => ({ contender: peer, ...peer.matmul(x, weights.values, shape) })),
    ],
  }
}
