import { softmax } from './mathematics.ts'
import {
  floats,
  integers,
  type OpCase,
  type Random,
  randomSeed,
  relativeTables,
  sentences,
  someZeros,
  whole,
} from './random-operands.ts'

/** Operands of the projection with its loss; now and then more rows than a backend keeps logits of. */
export function projected(random: Random): OpCase & { T: number; width: number; classes: number } {
  const [many, classes, d] = [random.next() < 0.1, random.pick([1, 2, 3, 17, 40, 65]), random.width()]
  const [T, width] = many ? [random.pick([65, 130, 530]), random.integer(1, 5)] : [random.rows(), d]
  return {
    ...{ T, width, classes },
    symbols: { T },
    inputs: {
      x: floats(random, 'T', T, width),
      // Logits of ordinary size: the softmax of large ones magnifies what float32 rounds off.
      weight: whole(
        classes,
        width,
        random.floats(classes * width).map((value) => value / Math.sqrt(width)),
      ),
      bias: random.next() < 0.5 ? whole(1, classes, random.floats(classes)) : null,
      ids: whole('T', 1, integers(random, T, 0, classes - 1)),
    },
    attributes: {
      smoothing: random.pick([0, 0.1, 0.3]),
      over: random.pick(['all', 'others']),
      scale: random.pick([1, 1, 0.3]),
    },
  }
}

/** The same with a teacher of another width, and what its loss is drawn from. */
export function taught(random: Random): ReturnType<typeof projected> {
  const student = projected(random)
  const { T, classes } = student
  const width = random.pick([1, 5, 16, 33])
  return {
    ...student,
    inputs: {
      ...student.inputs,
      teacherX: floats(random, 'T', T, width),
      teacherWeight: whole(
        classes,
        width,
        random.floats(classes * width).map((value) => value / Math.sqrt(width)),
      ),
      teacherBias: random.next() < 0.5 ? whole(1, classes, random.floats(classes)) : null,
    },
    attributes: {
      ...student.attributes,
      teacherScale: random.pick([1, 0.5]),
      temperature: random.pick([1, 2, 0.7]),
      share: random.pick([0, 0.5, 0.9, 1]),
    },
  }
}

/** What a loss needs that is fused with its gradients. */
function withGradients(
  random: Random,
  { symbols, inputs, attributes, width, classes }: ReturnType<typeof projected>,
): OpCase {
  return {
    symbols,
    inputs: {
      ...inputs,
      dLoss: whole(1, 1, random.floats(1)),
      dWeight: floats(random, classes, classes, width),
      dBias: random.next() < 0.5 ? floats(random, 1, 1, classes) : null,
    },
    attributes,
  }
}

function normGradient(random: Random, epsilon: number): OpCase {
  const [S, width] = [random.rows(), random.width()]
  return {
    symbols: { S },
    inputs: {
      x: floats(random, 'S', S, width),
      gamma: whole(1, width, random.floats(width)),
      dy: floats(random, 'S', S, width),
    },
    attributes: { epsilon },
  }
}

/** Of an op over rows: values and the gradients of its outputs. */
function valuesAndGradients(random: Random): OpCase {
  const [S, width] = [random.rows(), random.width()]
  return {
    symbols: { S },
    inputs: { y: floats(random, 'S', S, width), dy: floats(random, 'S', S, width) },
    attributes: {},
  }
}

/** A random case for every op that only training uses. */
export const gradientOpCases: Record<string, (random: Random) => OpCase> = {
  activationGradient(random) {
    const [S, width] = [random.rows(), random.width()]
    return {
      symbols: { S },
      inputs: { x: floats(random, 'S', S, width), dy: floats(random, 'S', S, width) },
      attributes: { activation: random.pick(['none', 'relu', 'gelu', 'geluTanh', 'swish']) },
    }
  },
  layerNormGradient: (random) => normGradient(random, random.pick([1e-5, 1e-6])),
  rmsNormGradient: (random) => normGradient(random, 1e-6),
  normWeightGradient(random) {
    const [S, width] = [random.rows(), random.width()]
    return {
      symbols: { S },
      inputs: {
        x: floats(random, 'S', S, width),
        statistics: floats(random, 'S', S, 2),
        dy: floats(random, 'S', S, width),
        dGamma: floats(random, 1, 1, width),
        dBeta: random.next() < 0.5 ? floats(random, 1, 1, width) : null,
      },
      attributes: {},
    }
  },
  softmaxGradient(random) {
    const { symbols, inputs, attributes } = valuesAndGradients(random)
    const [sharpness, common] = [random.pick([0, 1, 4]), random.pick([0, 1000])]
    const { data, baseWidth, column, width } = inputs.y!
    for (let at = column; at < data.length; at += baseWidth) {
      const row = data.subarray(at, at + width)
      row.set(softmax(Array.from(row, (value) => sharpness * value)))
    }
    return {
      symbols,
      inputs: { ...inputs, dy: { ...inputs.dy!, data: inputs.dy!.data.map((value) => value + common) } },
      attributes,
    }
  },
  logSoftmaxGradient: valuesAndGradients,
  tokenLogProbabilityGradient(random) {
    const [T, vocabulary] = [random.rows(), random.width()]
    return {
      symbols: { T },
      inputs: {
        logits: floats(random, 'T', T, vocabulary),
        ids: whole('T', 1, integers(random, T, 0, vocabulary - 1)),
        dy: floats(random, 'T', T, 1),
      },
      attributes: {},
    }
  },
  embedGradient(random) {
    const [S, vocabulary, width, table] = [random.rows(), random.integer(1, 40), random.width(), random.integer(5, 30)]
    const positionOffset = random.pick([0, 2])
    const learned = random.next() < 0.5
    return {
      symbols: { S, V: vocabulary, N: table },
      inputs: {
        tokens: whole('S', 1, integers(random, S, -1, vocabulary - 1)),
        positions: learned ? whole('S', 1, integers(random, S, 0, table - 1 - positionOffset)) : null,
        dx: floats(random, 'S', S, width),
        dTable: floats(random, 'V', vocabulary, width),
        dPositionTable: learned ? floats(random, 'N', table, width) : null,
      },
      attributes: { scale: random.pick([1, 5.65]), positionOffset },
    }
  },
  linearInputGradient(random) {
    const [S, inputs, outputs] = [random.rows(), random.width(), random.pick([1, 2, 5, 16, 31, 64, 100, 257])]
    return {
      symbols: { S },
      inputs: {
        dy: someZeros(random, floats(random, 'S', S, outputs)),
        weight: whole(outputs, inputs, random.floats(outputs * inputs)),
        x: random.next() < 0.5 ? someZeros(random, floats(random, 'S', S, inputs)) : null,
      },
      attributes: { scale: random.pick([1, 1, 0.3]) },
    }
  },
  linearWeightGradient(random) {
    const S = random.next() < 0.1 ? 300 : random.rows()
    const [inputs, outputs] = [random.width(), random.pick([1, 2, 5, 16, 31, 64, 100, 257])]
    return {
      symbols: { S },
      inputs: {
        x: someZeros(random, floats(random, 'S', S, inputs)),
        dy: someZeros(random, floats(random, 'S', S, outputs)),
        dWeight: floats(random, outputs, outputs, inputs),
        dBias: random.next() < 0.5 ? floats(random, 1, 1, outputs) : null,
      },
      attributes: { scale: random.pick([1, 1, 0.3]) },
    }
  },
  attentionGradient(random) {
    const heads = random.pick([1, 2, 3, 4, 8])
    const width = heads * random.pick([1, 3, 8, 12, 16, 20, 64])
    const B = random.pick([0, 1, 2, 5])
    const causal = random.next() < 0.4
    const dropout = random.pick([0, 0, 0.1, 0.5])
    const queries = sentences(random, B, 40)
    const keys = causal ? queries : sentences(random, B, 70)
    // Rows of keys that belong to no sentence.
    const spare = causal ? 0 : random.pick([0, 3])
    const S = keys.total + spare
    const rows = causal ? 'T' : 'S'
    const dHead = width / heads
    const tables = relativeTables(random, dHead)
    const distances = tables.relativeKeys ? (tables.relativeKeys.rows as number) : null
    return {
      symbols: { T: queries.total, S, B },
      inputs: {
        q: floats(random, 'T', queries.total, width),
        k: floats(random, rows, S, width),
        v: floats(random, rows, S, width),
        queries: whole('B', 2, queries.spans),
        keys: whole(
          'B',
          2,
          keys.spans.map((row) => row + spare),
        ),
        dz: floats(random, 'T', queries.total, width),
        seed: dropout ? randomSeed(random) : null,
        ...tables,
        dRelativeKeys: distances ? floats(random, distances, distances, dHead) : null,
        dRelativeValues: distances ? floats(random, distances, distances, dHead) : null,
      },
      attributes: { heads, scale: random.pick([1, 0.25]), causal, dropout, site: random.integer(0, 500) },
    }
  },
  crossEntropyGradient: (random) => withGradients(random, projected(random)),
  distillationGradient: (random) => withGradients(random, taught(random)),
  sumOfSquares(random) {
    const size = random.pick([1, 7, 100, 16383, 16384, 16385, 40000])
    return { symbols: {}, inputs: { x: whole(1, size, random.floats(size)) }, attributes: {} }
  },
  adafactor(random) {
    const [rows, width] = [random.integer(1, 40), random.width()]
    const positive = (count: number) => random.floats(count).map((value) => 0.01 + Math.abs(value))
    const rates = [random.pick([1e-2, 0.1]), random.pick([1, 0.3, 0.01]), 1e-30, 1e-3, 0.7, random.pick([1, 10]), 0.1]
    return {
      symbols: {},
      inputs: {
        gradients: whole(rows, width, random.floats(rows * width)),
        rates: whole(1, 7, Float32Array.from(rates)),
        parameters: whole(rows, width, random.floats(rows * width)),
        rowMoments: whole(rows, 1, positive(rows)),
        columnMoments: whole(1, width, positive(width)),
      },
      attributes: {},
    }
  },
  adam(random) {
    const size = random.pick([1, 2, 15, 16, 17, 100, 1000, 5000])
    const vector = () => whole(1, size, random.floats(size))
    const rates = [
      random.pick([1e-3, 0.1]),
      0.9,
      0.98,
      random.pick([1e-9, 1e-8]),
      random.pick([0, 0.1]),
      0.7,
      0.1,
      0.02,
    ]
    return {
      symbols: {},
      inputs: {
        gradients: vector(),
        rates: whole(1, 8, Float32Array.from(rates)),
        parameters: vector(),
        firstMoments: vector(),
        secondMoments: whole(1, size, random.floats(size).map(Math.abs)),
      },
      attributes: {},
    }
  },
}
