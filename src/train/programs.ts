import { embeddingInputs } from '../decode/programs.ts'
import { decoder } from '../model/decoder.ts'
import { outputWeights } from '../model/embedding.ts'
import { encoder, memoryKeysAndValues } from '../model/encoder.ts'
import { differentiate } from '../program/gradient.ts'
import { crossEntropy, crossEntropyGradient, type smoothingConventions } from '../program/ops/cross-entropy.ts'
import { splitActivations } from '../program/ops/linear.ts'
import { adam, sumOfSquares } from '../program/ops/optimizer.ts'
import { adafactor } from '../program/ops/optimizer-adafactor.ts'
import { type DropoutRates, Program } from '../program/program.ts'
import { Tensor } from '../program/tensor.ts'
import type { Weights } from '../weights/weights.ts'

/** What the loss is: label smoothing ε, and over which classes it is spread (see `crossEntropy`). */
export interface LossOptions {
  smoothing: number
  over: (typeof smoothingConventions)[number]
}

/**
 * Forward and backward through a batch of sentence pairs laid end to end: `losses` [T, 1] of each target token, and the
 * gradients of `loss.scale` · Σ losses added to the array bound as 'gradients'.
 */
export function gradientProgram(weights: Weights, loss: LossOptions, dropout: DropoutRates): Program {
  const p = new Program('gradients', weights)
  p.training = { dropout, seed: p.input('seed', 1, 1, 'i32') }
  const { states, ids } = record(p, weights)
  const { weight, bias } = outputWeights(p, weights.config)
  const dWeights = { dWeight: p.gradientOf(weight), dBias: bias && p.gradientOf(bias) }
  const inputs = { x: states, weight, bias, ids, dLoss: p.input('loss.scale', 1, 1), ...dWeights }
  const [losses, dStates] = crossEntropyGradient(p, inputs, { ...loss, scale: weights.config.outputScale })
  splitActivations(p)
  differentiate(p, [[states, dStates]])
  p.output(losses, 'losses')
  return p
}

/** The loss of each target token without dropout: `losses` [T, 1]. */
export function lossProgram(weights: Weights, loss: LossOptions): Program {
  const p = new Program('loss', weights)
  const { states, ids } = record(p, weights)
  const inputs = { x: states, ...outputWeights(p, weights.config), ids }
  p.output(crossEntropy(p, inputs, { ...loss, scale: weights.config.outputScale })[0], 'losses')
  return p
}

function record(p: Program, { config }: Weights): { states: Tensor; ids: Tensor } {
  const sources = p.input('sources', 'B', 2, 'i32')
  const targets = p.input('targets', 'B', 2, 'i32')
  const memory = encoder(p, embeddingInputs(p, 'source', 'S', config), sources, config, false)
  const memories = memoryKeysAndValues(p, memory, config)
  const side = { spans: targets, weights: false }
  const cross = { queries: targets, keys: sources, weights: false }
  const states = decoder(p, embeddingInputs(p, 'target', 'T', config), side, memories, cross, config)
  return { states, ids: p.input('target.ids', 'T', 1, 'i32') }
}

/** Sums of squares of all gradients, block by block: `sums`. */
export function normProgram(size: number): Program {
  const p = new Program('norm')
  p.output(sumOfSquares(p, { x: p.input('gradients', 1, size) })[0], 'sums')
  return p
}

/** One step of Adam over all parameters; see the op for `rates`. */
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
 * One step of Adafactor, weight by weight; see the op for `rates`. `rows` and `columns` tell how long the arrays of moments are,
 * in which the weights follow each other.
 */
export function adafactorProgram(weights: Weights): { program: Program; rows: number; columns: number } {
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
      new Tensor('bound', `${array} of ${name}`, rows, width, 'f32', { part: { of: arrays[array], start } })
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
