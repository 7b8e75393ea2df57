import { present } from '../../../base/present.ts'
import { outputWeights } from '../../../engine/model/layers/embedding.ts'
import { wholeModel } from '../../../engine/model/transformer.ts'
import { differentiate } from '../../../engine/program/gradient.ts'
import { Tensor } from '../../../engine/program/instructions/tensor.ts'
import type { smoothingConventions } from '../../../engine/program/operands/projected-loss.ts'
import { adafactor } from '../../../engine/program/ops/adafactor.ts'
import { adam } from '../../../engine/program/ops/adam.ts'
import { crossEntropy, crossEntropyGradient } from '../../../engine/program/ops/cross-entropy.ts'
import { distillationGradient } from '../../../engine/program/ops/distillation.ts'
import { moveCodebook } from '../../../engine/program/ops/move-codebook.ts'
import { quantize } from '../../../engine/program/ops/quantize.ts'
import { sumOfSquares } from '../../../engine/program/ops/sum-of-squares.ts'
import { type DropoutRates, Program } from '../../../engine/program/program.ts'
import { splitActivations } from '../../../engine/program/split-activations.ts'
import type { Weights } from '../../../engine/weights/weights.ts'
import { freezeWeights } from '../lora/frozen.ts'
import type { TrainedAdapter } from '../lora/trained-adapter.ts'
import type { Trainable } from '../state/random.ts'
import { expertLosses } from './experts.ts'

/** The options of the loss: label smoothing ε, and the classes over which ε is spread (see `crossEntropy`). */
export interface LossOptions {
  smoothing: number
  over: (typeof smoothingConventions)[number]
}

/**
 * A trained teacher model whose distributions are added to the targets, its share of the loss, and its temperature; see
 * `distillation`.
 */
export interface Distillation {
  teacher: Weights
  share: number
  temperature: number
}

/**
 * The forward and backward program over a ragged batch of sentence pairs. It computes `losses` [T, 1] of each target
 * token, and adds the gradients of `loss.scale` · Σ losses to the array bound as 'gradients'; with an adapter, to that of its
 * gradients. With a distillation, the teacher's states and output projection are bound too.
 */
export function gradientProgram(
  weights: Weights,
  loss: LossOptions,
  dropout: DropoutRates,
  distillation?: Distillation,
  adapter?: TrainedAdapter,
): Program {
  const p = new Program('gradients', weights)
  const commitments: Tensor[] = []
  p.training = { dropout, seed: p.input('seed', 1, 1, 'int32'), routers: [], commitments }
  const states = wholeModel(p, weights.config)
  const { weight, bias } = outputWeights(p, weights.config)
  const dWeights = adapter ? {} : { dWeight: p.gradientOf(weight), dBias: bias && p.gradientOf(bias) }
  const inputs = { x: states, weight, bias, ids: targetIds(p), dLoss: p.input('loss.scale', 1, 1), ...dWeights }
  const smoothing = { ...loss, scale: weights.config.outputScale }
  const [losses, dStates] = distillation
    ? distillationGradient(
        p,
        { ...inputs, ...teacherInputs(p, distillation) },
        { ...smoothing, ...attributesOf(distillation) },
      )
    : crossEntropyGradient(p, inputs, smoothing)
  adapter?.edit(p)
  splitActivations(p)
  const commitmentSeeds = commitments.map((each): [Tensor, Tensor] => [each, p.input('commitment.scale', 'Z', 1)])
  differentiate(p, [[states, dStates], ...expertLosses(p, weights.config), ...commitmentSeeds])
  p.output(losses, 'losses')
  outputQuantized(p)
  if (adapter) freezeWeights(p)
  return p
}

/** The rows that are quantized, `latents.rows` [Z, dModel], and their codes, `latents.chosen` [Z, parts]: by these a codebook moves. */
function outputQuantized(p: Program): void {
  const quantized = () => p.instructions.find(({ op }) => op === quantize.row)
  if (!quantized()) return
  p.output(present(present(quantized()).inputs[0]), 'latents.rows')
  p.output(present(quantized()).outputs[1], 'latents.chosen')
}

/** The program that moves a codebook, which lies among the weights, to the means of its rows; see the op. */
export function codebookProgram(weights: Weights, { name, blocks }: { name: string; blocks: number }): Program {
  const p = new Program('codebook', weights)
  const { offset, rows, width } = weights.place(name)
  const parameters = p.input('parameters', 1, weights.values.length)
  moveCodebook(
    p,
    {
      x: p.input('latents.rows', 'Z', blocks * width),
      codes: p.input('latents.chosen', 'Z', blocks, 'int32'),
      counts: p.input('counts', rows, 1),
      sums: p.input('sums', rows, width),
      codebook: new Tensor('bound', name, { rows, width }, 'float32', { part: { of: parameters, start: offset } }),
    },
    { blocks, decay: CODEBOOK_DECAY, epsilon: CODEBOOK_EPSILON },
  )
  return p
}

/** How much of what was counted each step leaves, and what keeps counts above 0 (van den Oord et al. 2017; Tensor2Tensor's values). */
const CODEBOOK_DECAY = 0.999
const CODEBOOK_EPSILON = 1e-5

/** The teacher's states and output projection, as its student's program binds them. */
function teacherInputs(p: Program, { teacher }: Distillation) {
  const { dModel, targetVocabulary, outputBias } = teacher.config
  return {
    teacherX: p.input('teacher.states', 'T', dModel),
    teacherWeight: p.input('teacher.weight', targetVocabulary, dModel),
    teacherBias: outputBias ? p.input('teacher.bias', 1, targetVocabulary) : null,
  }
}

const attributesOf = ({ teacher, share, temperature }: Distillation) => ({
  teacherScale: teacher.config.outputScale,
  share,
  temperature,
})

/** The program that computes the states of a teacher, which its output projection multiplies: `states` [T, dModel] of each target token. */
export function teacherProgram(weights: Weights): Program {
  const p = new Program('teacher', weights)
  p.output(wholeModel(p, weights.config), 'states')
  return p
}

/** The program that computes the loss of each target token without dropout: `losses` [T, 1]. */
export function lossProgram(weights: Weights, loss: LossOptions, adapter?: TrainedAdapter): Program {
  const p = new Program('loss', weights)
  const inputs = { x: wholeModel(p, weights.config), ...outputWeights(p, weights.config), ids: targetIds(p) }
  adapter?.edit(p)
  p.output(crossEntropy(p, inputs, { ...loss, scale: weights.config.outputScale })[0], 'losses')
  return p
}

const targetIds = (p: Program) => p.input('target.ids', 'T', 1, 'int32')

/** The program that sums the squares of all gradients, block by block: `sums`. */
export function normProgram(size: number): Program {
  const p = new Program('norm')
  p.output(sumOfSquares(p, { x: p.input('gradients', 1, size) })[0], 'sums')
  return p
}

/** The program of one step of Adam over all parameters; see the op for `rates`. */
export function adamProgram(size: number): Program {
  const p = new Program('adam')
  const whole = (name: string) => p.input(name, 1, size)
  adam(p, {
    gradients: whole('gradients'),
    rates: p.input('rates', 1, 8),
    parameters: whole('parameters'),
    firstMoments: whole('firstMoments'),
    secondMoments: whole('secondMoments'),
  })
  return p
}

/**
 * The program of one step of Adafactor, weight by weight; see the op for `rates`. `rows` and `columns` are the lengths
 * of the arrays of moments, in which the weights follow each other.
 */
export function adafactorProgram(weights: Trainable): { program: Program; rows: number; columns: number } {
  const p = new Program('adafactor')
  const { parameters } = weights
  const rows = parameters.reduce((sum, parameter) => sum + parameter.rows, 0)
  const columns = parameters.reduce((sum, parameter) => sum + parameter.width, 0)
  const arrays = {
    gradients: p.input('gradients', 1, weights.values.length),
    parameters: p.input('parameters', 1, weights.values.length),
    rowMoments: p.input('rowMoments', 1, rows),
    columnMoments: p.input('columnMoments', 1, columns),
  }
  const rates = p.input('rates', 1, 7)
  let [row, column] = [0, 0]
  for (const { name, rows, width } of parameters) {
    const part = (array: keyof typeof arrays, rows: number, width: number, start: number) =>
      new Tensor('bound', `${array} of ${name}`, { rows, width }, 'float32', { part: { of: arrays[array], start } })
    const { offset } = weights.place(name)
    adafactor(p, {
      gradients: part('gradients', rows, width, offset),
      rates,
      parameters: part('parameters', rows, width, offset),
      rowMoments: part('rowMoments', rows, 1, row),
      columnMoments: part('columnMoments', 1, width, column),
    })
    row += rows
    column += width
  }
  return { program: p, rows, columns }
}
