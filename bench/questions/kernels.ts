/** How fast are products with weights in each precision beside oneDNN's matmul, and few rows beside a loop that only reads? */
import type { Encoding, PlayerInfo } from '#dist/engine/backend/interface/backend.js'
import { packedViews, storedSize } from '#dist/engine/backend/interface/packed.js'
import { linear } from '#dist/engine/program/ops/linear.js'
import { Program } from '#dist/engine/program/program.js'
import { wantsPanels } from '#dist/engine/weights/precision.js'
import type { Child } from '../harness/child.ts'
import type { Contender, PlayingContender } from '../harness/contender.ts'
import { type Precision, precisions } from '../harness/models.ts'
import { OneDnn, type Product } from '../harness/onednn.ts'
import { packing } from '../harness/packing.ts'
import { type Bench, playedBy } from '../harness/played.ts'
import type { Case, Question, Setting, Side, Unanswerable } from '../harness/question.ts'
import { fillRandom, randomNumbers } from '../harness/random.ts'
import { openReader } from '../harness/reader.ts'
import type { Row } from '../harness/row.ts'

const sizes = [
  { inputs: 512, outputs: 512 },
  { inputs: 512, outputs: 2048 },
  { inputs: 2048, outputs: 512 },
  { inputs: 512, outputs: 32000 },
]
const rowCounts = [1, 4, 16, 64, 512]

/**
 * The minimum number of multiplications in a run. A run has as many products as this requires, because a decoding step
 * also has many products per call from JavaScript.
 */
const LEAST_WORK = 4_000_000

export async function openKernels({ peers }: Setting): Promise<Question | Unanswerable> {
  try {
    const oneDnn = await OneDnn.open(peers, 1)
    const reader = await openReader().catch((error) => {
      oneDnn.close()
      throw error
    })
    return question(oneDnn, reader)
  } catch (error) {
    return { reason: (error as Error).message }
  }
}

function question(oneDnn: OneDnn, reader: Child): Question {
  return {
    name: 'kernels',
    title: 'rows × inputs → outputs, one thread',
    unit: 'GFLOP/s',
    about: [
      `oneDNN ${oneDnn.versions.join(' or ')}, the faster one for each product; its weights are packed and its rows in the`,
      'precision already, ours come as float32; limit: a loop that reads as many bytes as the weight has',
      ...oneDnn.lacks,
    ],
    contenders: ({ contenders }) => [...natives(contenders), oneDnnContender(oneDnn, 'float32'), readContender],
    *cases({ contenders, scale }) {
      const [native] = natives(contenders)
      if (!native) return
      for (const precision of precisions)
        for (const size of sizes.filter(({ inputs, outputs }) => inputs * outputs <= scale.mostElements))
          for (const rows of rowCounts) {
            const times = Math.max(1, Math.round(LEAST_WORK / (rows * size.inputs * size.outputs)))
            yield product(native, precision, { rows, ...size, weight: 0 }, times, oneDnn, reader)
          }
    },
    conclude,
    close() {
      oneDnn.close()
      reader.close()
    },
  }
}

const natives = (contenders: readonly PlayingContender[]) => contenders.filter(({ name }) => name === 'native')

function oneDnnContender({ versions }: OneDnn, precision: Precision): Contender {
  return {
    name: 'oneDNN',
    backend: `onednn ${versions.join('/')}`,
    precision,
    isa: 'its own',
    blas: 'its own',
    threads: 1,
  }
}

const readContender: Contender = {
  name: 'limit',
  backend: 'read loop',
  precision: 'none',
  isa: '',
  blas: '',
  threads: 1,
}

function product(
  native: PlayingContender,
  precision: Precision,
  shape: Product,
  times: number,
  oneDnn: OneDnn,
  reader: Child,
): Case {
  const { rows, inputs, outputs } = shape
  const encoding = encodingFor(native.player.info, precision)
  const bytes = 4 * storedSize(encoding, outputs, inputs)
  const theirs: Side[] = []
  if (oneDnn.has(precision))
    theirs.push({
      contender: oneDnnContender(oneDnn, precision),
      prepare: () => oneDnn.prepare(precision, Array(times).fill(shape), 1),
      run: (runs) => oneDnn.run(runs),
    })
  if (rows === 1)
    theirs.push({
      contender: readContender,
      prepare: async () => void (await reader.ask('read', 1, bytes, 1)),
      run: async (runs) => Number(await reader.ask('run', runs * times)),
    })
  return {
    label: `${precision} ${rows} × ${inputs} → ${outputs}`,
    batch: rows,
    flops: 2 * rows * inputs * outputs * times,
    sides: [...playedBy([{ ...native, precision }], benchOf(encoding, shape, times)), ...theirs],
  }
}

/** The encoding of a translator's weights for this backend. */
const encodingFor = (info: PlayerInfo, precision: Precision): Encoding =>
  precision === 'float32' && wantsPanels(info) ? 'float32panels' : precision

/** The same product `times` times over. */
function benchOf(encoding: Encoding, { rows, inputs, outputs }: Product, times: number): Bench {
  const random = randomNumbers(rows + outputs)
  const weight = fillRandom(new Float32Array(outputs * inputs), inputs ** -0.5, random)
  const weights = storeOf(encoding, outputs, inputs, weight)
  const program = new Program('product', weights)
  const operands = { x: program.input('x', 'S', inputs), weight: program.weight('weight') }
  for (let time = 1; time < times; time++) linear(program, operands, { activation: 'none', scale: 1 })
  const [y] = linear(program, operands, { activation: 'none', scale: 1 })
  program.output(y, 'y')
  // The rows begin at a cache line, as in the arena of a program.
  const x = fillRandom(packing.store(rows * inputs), 1, random)
  return { program, rows: { S: rows }, arrays: { x, y: packing.store(rows * outputs) } }
}

/** One weight, stored as the weights of a model are: in memory that threads share. */
function storeOf(encoding: Encoding, rows: number, width: number, weight: Float32Array) {
  const values = packing.store(storedSize(encoding, rows, width))
  const place = { offset: 0, rows, width, encoding }
  const packed = packedViews(values, place)
  if (packed) packing.packRows(packed, 0, rows, weight)
  else values.set(weight)
  return { values, place: () => place }
}

/** For each precision, the mean and the least of the ratios, and how near few rows come to the speed of reading. */
function conclude(rows: readonly Row[]): string[] {
  return precisions.flatMap((precision) => {
    const of = rows.filter(({ label }) => label.startsWith(precision))
    return [...besideOneDnn(precision, of), ...besideReading(precision, of)]
  })
}

function besideOneDnn(precision: Precision, rows: readonly Row[]): string[] {
  const both = rows.filter(({ ratios }) => ratios.has('native/oneDNN'))
  if (!both.length) return []
  const ratio = (row: Row) => row.ratios.get('native/oneDNN')!
  const worst = both.reduce((least, row) => (ratio(row) < ratio(least) ? row : least))
  const mean = Math.exp(both.reduce((sum, row) => sum + Math.log(ratio(row)), 0) / both.length)
  return [
    `${precision}: native/oneDNN ${mean.toFixed(2)}× in the geometric mean, least ${ratio(worst).toFixed(2)}× at ${worst.label.slice(precision.length + 1)}`,
  ]
}

function besideReading(precision: Precision, rows: readonly Row[]): string[] {
  const shares = rows.flatMap(({ label, ratios }) => {
    const share = ratios.get('of the limit')
    return share === undefined ? [] : [`${label.split(' × ')[1]} ${Math.round(100 * share)} %`]
  })
  return shares.length ? [`${precision}: of the limit at one row ${shares.join(', ')}`] : []
}
