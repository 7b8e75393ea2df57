/** Does a token read only its own experts? A mixture of 8 of which each row has 2, and the same with all 8. */
import { mixture } from '#dist/engine/program/ops/mixture.js'
import { Program } from '#dist/engine/program/program.js'
import { flopsOfPlay, playedBy, storeOf } from '../harness/played.ts'
import type { Case, Field, Question } from '../harness/question.ts'
import { fillRandom, randomNumbers } from '../harness/random.ts'

const EXPERTS = 8
const WIDTH = 512
const HIDDEN = 2048

export const experts: Question = {
  name: 'experts',
  title: `${EXPERTS} experts of ${WIDTH} → ${HIDDEN} → ${WIDTH}; rows, and how many experts each has`,
  unit: 'GFLOP/s',
  contenders: ({ contenders }) => contenders,
  *cases(field) {
    for (const rows of [1, 32, 512])
      for (const k of [2, EXPERTS]) if (rows * k * HIDDEN <= field.scale.mostElements) yield mixed({ rows, k }, field)
  },
}

function mixed({ rows, k }: { rows: number; k: number }, { contenders }: Field): Case {
  const numbers = randomNumbers(rows + k)
  const store = storeOf({
    inner: { rows: EXPERTS * HIDDEN, width: WIDTH },
    outer: { rows: EXPERTS * WIDTH, width: HIDDEN },
  })
  fillRandom(store.values, 0.05, numbers)
  const program = new Program('experts', store)
  const given = { x: program.input('x', 'S', WIDTH), gates: program.input('gates', 'S', EXPERTS) }
  const weights = { inner: program.weight('inner'), outer: program.weight('outer') }
  program.output(mixture(program, { ...given, ...weights }, { activation: 'relu', scale: 1, k })[0], 'y')
  const arrays = {
    x: fillRandom(new Float32Array(rows * WIDTH), 1, numbers),
    gates: Float32Array.from({ length: rows * EXPERTS }, (_, i) =>
      ((i % EXPERTS) + Math.floor(i / EXPERTS)) % EXPERTS < k ? 1 / k : 0,
    ),
    y: new Float32Array(rows * WIDTH),
  }
  const bench = { program, rows: { S: rows }, arrays }
  return {
    label: `${rows} × ${k} of ${EXPERTS}`,
    batch: rows,
    flops: flopsOfPlay(bench),
    sides: playedBy(contenders, bench),
  }
}
