import { present } from '../../../base/present.ts'
import type { Rows, Tensor } from '../../program/instructions/tensor.ts'
import { embed } from '../../program/ops/embed.ts'
import { gatedSum } from '../../program/ops/gated-sum.ts'
import { linear } from '../../program/ops/linear.ts'
import { windows } from '../../program/ops/windows.ts'
import type { Program } from '../../program/program.ts'
import { encoderView, type ModelConfig, type SoundConfig } from '../config/config.ts'
import { type PictureConfig, patchWidth } from '../config/picture-settings.ts'
import { embedding, type SourceInputs, stackInputs, stackPositions } from '../layers/embedding.ts'
import { dropped } from '../layers/layers.ts'

/** The rows that each place of Whisper's convolutions reads. */
const TAPS = 3

/** A convolution: the rows that each of its places reads, from one place to the next, and those before the first row. */
export interface Convolution {
  taps: number
  stride: number
  before: number
}

/** The convolution over samples, which has no bias: its places are the frames of a model that hears samples. */
export const SAMPLES: Convolution = { taps: 127, stride: 64, before: 0 }

/** The two convolutions over the frames of a sound. */
export const convolutionsOf = ({ front, kernels = [] }: SoundConfig): readonly Convolution[] =>
  front === 'gated'
    ? kernels.map((taps) => ({ taps, stride: 2, before: taps >> 1 }))
    : front
      ? [
          { taps: 7, stride: 3, before: 0 },
          { taps: 3, stride: 2, before: 0 },
        ]
      : [
          { taps: TAPS, stride: 1, before: 1 },
          { taps: TAPS, stride: 2, before: 1 },
        ]

/** The places of a convolution over so many rows; 0 or fewer where there are too few. */
export const placesOf = ({ taps, stride, before }: Convolution, rows: number): number =>
  Math.floor((rows + 2 * before - taps) / stride) + 1

/**
 * The front end of Moonshine (Jeffries et al. 2024): bound are the `source.frames` [F, dModel], the first convolution of samples after tanh and
 * the norm, which `SampleFront` makes; here are the other two, with GELU after each.
 */
function sampleInputs(p: Program, sound: SoundConfig, config: ModelConfig): SourceInputs {
  const { dModel } = config
  const frames = p.input('source.frames', 'F', dModel)
  const [{ taps: first }, { taps: second }] = convolutionsOf(sound)
  const near = readRows(p, 'source.near', 'F.near', 'F', first)
  const halves = readRows(p, 'source.halves', 'S', 'F.near', second)
  const positions = stackPositions(p, 'encoder', 'S', config)
  return {
    embedded() {
      sampleWeights(p, config)
      const made = convolution(p, 'conv2', { x: frames, ...near }, null, { dModel: 2 * dModel, taps: first })
      return dropped(p, convolution(p, 'conv3', { x: made, ...halves }, null, { dModel, taps: second }))
    },
    attended: () => positions.attended(),
  }
}

/**
 * The front end of Speech2Text (Wang et al. 2020): two convolutions over features of sound, with a gated linear unit after each; the op makes of
 * two equal sums twice the unit, of which the next factor takes the half. `source.own` [S, 1] has the number of each state.
 */
function gatedInputs(p: Program, sound: SoundConfig, config: ModelConfig): SourceInputs {
  const { dModel } = config
  const [{ taps: first }, { taps: second }] = convolutionsOf(sound)
  const frames = p.input('source.frames', 'F', sound.mels)
  const near = readRows(p, 'source.near', 'F.near', 'F', first)
  const halves = readRows(p, 'source.halves', 'S', 'F.near', second)
  const tokens = p.input('source.own', 'S', 1, 'int32')
  const positions = stackPositions(p, 'encoder', 'S', config)
  const gated = (
    name: string,
    inputs: Parameters<typeof windows>[1],
    rows: number,
    { taps, scale }: { taps: number; scale: number },
  ) =>
    p.within(name, () => {
      const [x] = windows(p, inputs)
      const weight = p.parameter('weight', { rows, width: x.width, role: 'convolution', taps })
      const bias = p.parameter('bias', { rows: 1, width: rows, role: 'bias' })
      const [a, gate] = linear(p, { x, weight, bias }, { activation: 'none', scale })[0].columns(2)
      return gatedSum(p, { gateA: gate, a, gateB: gate, b: a })[0]
    })
  return {
    embedded() {
      const made = gated('conv1', { x: frames, ...near }, present(sound.channels), { taps: first, scale: 1 })
      const table = gated('conv2', { x: made, ...halves }, 2 * dModel, { taps: second, scale: 0.5 })
      const { offset: positionOffset, ...added } = present(positions.added())
      return dropped(p, embed(p, { table, tokens, ...added }, { scale: config.embeddingScale / 2, positionOffset })[0])
    },
    attended: () => positions.attended(),
  }
}

/** The weights below the frames: the convolution of samples, and the norm's. Called in the module of the encoder. */
export function sampleWeights(p: Program, { dModel }: ModelConfig): Tensor {
  p.within('groupNorm', () => {
    p.parameter('weight', { rows: 1, width: dModel, role: 'gain' })
    p.parameter('bias', { rows: 1, width: dModel, role: 'bias' })
  })
  const { taps } = SAMPLES
  return p.within('conv1', () => p.parameter('weight', { rows: dModel, width: taps, role: 'convolution', taps }))
}

/**
 * The front end of Whisper (Radford et al. 2022, 2.2): two convolutions of width 3 with GELU after each, the second with a stride of 2,
 * and a table of positions. Bound are the `source.frames` [F, mels] of all sounds, and the rows that each place reads: `source.near` [F, 3]
 * and `source.halves` [S, 3], where −1 stands for zeros. A program that is trained binds the inverse of both as well.
 */
export function soundInputs(p: Program, { mels, positions }: SoundConfig, config: ModelConfig): SourceInputs {
  const frames = p.input('source.frames', 'F', mels)
  const near = readRows(p, 'source.near', 'F', 'F')
  const halves = readRows(p, 'source.halves', 'S', 'F')
  const places = p.input('source.positions', 'S', 1, 'int32')
  return {
    embedded() {
      const table = p.weight('encoder.positions.weight', { rows: positions, width: config.dModel, role: 'positions' })
      const first = convolution(p, 'conv1', { x: frames, ...near }, null, config)
      const [position] = embed(p, { table, tokens: places }, { scale: 1, positionOffset: 0 })
      return dropped(p, convolution(p, 'conv2', { x: first, ...halves }, position, config))
    },
    attended: () => ({}),
  }
}

/** The rows of `from` that each of `rows` places reads; where gradients are taken, also the places that read each row. */
function readRows(
  p: Program,
  name: string,
  rows: Rows,
  from: Rows,
  taps = TAPS,
): { index: Tensor; inverse: Tensor | null } {
  const index = p.input(name, rows, taps, 'int32')
  return { index, inverse: p.training ? p.input(`${name}.inverse`, from, taps, 'int32') : null }
}

/** gelu(W [x before | x | x after] + b) + residual. x [rows, d] → [places, dModel]. */
function convolution(
  p: Program,
  name: string,
  inputs: { x: Tensor; index: Tensor; inverse: Tensor | null },
  residual: Tensor | null,
  { dModel, taps = TAPS }: { dModel: number; taps?: number },
): Tensor {
  return p.within(name, () => {
    const [x] = windows(p, inputs)
    const shape = { rows: dModel, width: x.width, role: 'convolution', taps } as const
    const weight = p.parameter('weight', shape)
    const bias = p.parameter('bias', { rows: 1, width: dModel, role: 'bias' })
    return linear(p, { x, weight, bias, residual }, { activation: 'gelu', scale: 1 })[0]
  })
}

/**
 * The front end of ViT (Dosovitskiy et al. 2021, 3.1) and of Pix2Struct (Lee et al. 2023, 2): a linear over the numbers of a patch, and two
 * learned tables, of which each state reads a row of both. The patches of ViT have no row of the first, −1, which are the states in front of
 * them; those of Pix2Struct have their row in the picture there, and their column in the second. The bias of the linear lies in the second.
 */
function pictureInputs(p: Program, picture: PictureConfig, side: ModelConfig): SourceInputs {
  const tokens = p.input('source.tokens', 'S', 1, 'int32')
  const positions = p.input('source.positions', 'S', 1, 'int32')
  const states: SourceInputs = {
    embedded() {
      const width = side.dModel
      const table = p.weight('encoder.states.weight', { rows: picture.states, width, role: 'embedding' })
      const declared = { rows: picture.positions, width, role: 'positions' } as const
      const positionTable = p.weight('encoder.positions.weight', declared)
      return embed(p, { table, tokens, positions, positionTable }, { scale: 1, positionOffset: 0 })[0]
    },
    attended: () => ({}),
  }
  return withRealRows(p, states, patchWidth(picture), side)
}

/** Declares the bound inputs of the encoder: tokens, with rows of real numbers among them in some models, or frames of sound, or patches of a picture. */
export function sourceInputs(p: Program, config: ModelConfig): SourceInputs {
  const side = encoderView(config)
  if (config.sound?.front === 'gated') return gatedInputs(p, config.sound, side)
  if (config.sound)
    return config.sound.front ? sampleInputs(p, config.sound, side) : soundInputs(p, config.sound, config)
  if (config.picture) return pictureInputs(p, config.picture, side)
  const inputs = stackInputs(p, 'encoder', 'S', side)
  const tokens: SourceInputs = {
    embedded: () => embedding(p, 'encoder', inputs, side),
    attended: () => inputs.positions.attended(),
  }
  return config.rowWidth === undefined ? tokens : withRealRows(p, tokens, config.rowWidth, config)
}

/**
 * A source with rows of real numbers among its tokens (the modality net of MultiModel, Kaiser et al. 2017, in its smallest form): a linear
 * W v takes the place of the embedding. Bound are `source.rows` [S, rowWidth], zeros where a token stands; a row of numbers has the token −1,
 * whose embedding is zeros. Its position is added to it as to any token.
 */
function withRealRows(p: Program, tokens: SourceInputs, rowWidth: number, { dModel }: ModelConfig): SourceInputs {
  const rows = p.input('source.rows', 'S', rowWidth)
  return {
    embedded() {
      const embedded = tokens.embedded()
      return p.within('rows', () => {
        const weight = p.parameter('weight', { rows: dModel, width: rowWidth, role: 'rows' })
        return dropped(p, linear(p, { x: rows, weight }, { activation: 'none', scale: 1 })[0], embedded)
      })
    },
    attended: () => tokens.attended(),
  }
}
