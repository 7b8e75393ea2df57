/** The common parts of losses through the output projection: their random operands, and their gradients in float64. */
import { added, addTo, rowsOf, zeros } from './mathematics.ts'
import { floats, integers, type OpCase, type Random, whole } from './random-operands.ts'

/** Operands of the projection with its loss; sometimes with more rows than a backend keeps logits of. */
export function projected(random: Random): OpCase & { T: number; width: number; classes: number } {
  const [many, classes, d] = [random.next() < 0.1, random.pick([1, 2, 3, 17, 40, 65]), random.width()]
  const [T, width] = many ? [random.pick([65, 130, 530]), random.integer(1, 5)] : [random.rows(), d]
  return {
    T,
    width,
    classes,
    symbols: { T },
    inputs: {
      x: floats(random, 'T', T, width),
      // Logits of ordinary size: the softmax of large ones amplifies float32's rounding errors.
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

/** The same with a teacher of another width, and the random values of its loss. */
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

/** The needs of a loss that is fused with its gradients. */
export function withGradients(
  random: Random,
  { symbols, inputs, attributes, width, classes }: ReturnType<typeof projected>,
): OpCase {
  const isTrained = random.next() < 0.8
  return {
    symbols,
    inputs: {
      ...inputs,
      dLoss: whole(1, 1, random.floats(1)),
      dWeight: isTrained ? floats(random, classes, classes, width) : null,
      dBias: isTrained && random.next() < 0.5 ? floats(random, 1, 1, classes) : null,
    },
    attributes,
  }
}

/** Attributes of `distillation`. */
export interface Distillation {
  smoothing: number
  over: string
  scale: number
  teacherScale: number
  temperature: number
  share: number
}

/** Losses of rows, and the gradients of their logits through the output projection. */
export function projectedGradients(
  inputs: OpCase['inputs'],
  scale: number,
  rows: { loss: number; dLogits: number[] }[],
): number[][] {
  const [x, weight] = [rowsOf(inputs.x!), rowsOf(inputs.weight!)]
  const dx = zeros(x.length, inputs.x!.width)
  const dWeight = zeros(weight.length, inputs.x!.width)
  const dBias = zeros(1, weight.length)
  rows.forEach(({ dLogits }, t) => {
    dLogits.forEach((value, o) => {
      const d = inputs.dLoss!.data[0] * value
      addTo(dx[t], scale * d, weight[o])
      addTo(dWeight[o], scale * d, x[t])
      dBias[0][o] += d
    })
  })
  const outputs = [rows.map(({ loss }) => loss), dx.flat()]
  const written = inputs.dWeight ? [...outputs, added(inputs.dWeight, dWeight)] : outputs
  return inputs.dBias ? [...written, added(inputs.dBias, dBias)] : written
}
