/** How fast is a softmax over rows: attention scores of a sentence, and a vocabulary? */
import { softmax as softmaxOp } from '#dist/engine/program/ops/softmax.js'
import { Program } from '#dist/engine/program/program.js'
import { flopsOfPlay, playedBy } from '../harness/played.ts'
import type { Case, Field, Question } from '../harness/question.ts'
import { fillRandom, randomNumbers } from '../harness/random.ts'

const shapes = [
  { rows: 640, width: 20 },
  { rows: 64, width: 512 },
  { rows: 1, width: 32000 },
  { rows: 32, width: 32000 },
]

export const softmax: Question = {
  name: 'softmax',
  title: 'rows × width, 5 FLOP an element',
  unit: 'GFLOP/s',
  contenders: ({ contenders, peers }) => [...contenders, ...peers],
  *cases(field) {
    for (const shape of shapes)
      if (shape.rows * shape.width <= field.scale.mostElements) yield rowsOfSoftmax(shape, field)
  },
}

function rowsOfSoftmax(shape: { rows: number; width: number }, { contenders, peers }: Field): Case {
  const { rows, width } = shape
  const x = fillRandom(new Float32Array(rows * width), 3, randomNumbers(width))
  const program = new Program('softmax')
  const [y] = softmaxOp(program, { x: program.input('x', 'S', width) })
  program.output(y, 'y')
  const arrays = { x, y: new Float32Array(rows * width) }
  const bench = { program, rows: { S: rows }, arrays }
  return {
    label: `${rows} × ${width}`,
    batch: rows,
    flops: flopsOfPlay(bench),
    sides: [...playedBy(contenders, bench), ...peers.map((peer) => ({ contender: peer, ...peer.softmax(x, shape) }))],
  }
}
