import type { Place } from '../../../base/schema/place.ts'
import type { Schema, Values } from '../../../base/schema/settings.ts'
import type { Rows, Tensor } from '../../program/instructions/tensor.ts'
import type { Program } from '../../program/program.ts'
import type { NearTokens } from './image-settings.ts'

/** The furthest distance that a kind of positions may tell apart: native kernels keep a number for each distance. */
export const MOST_CLIP = 32767

/** Attention to near tokens. */
interface NearAttention {
  local: NearTokens
}

/** The sizes of a stack that its positions have to fit. */
interface StackSizes {
  heads: number
  dHead: number
  attention?: NearAttention
}

/** The sizes of a model that its positions have to fit. */
export interface ModelSizes {
  dModel: number
  maxLength: number
  encoder: StackSizes
  decoder: StackSizes
}

/** The stack whose program is being recorded, as its positions see it. */
export interface RecordedStack<Settings> {
  p: Program
  side: 'encoder' | 'decoder'
  /** The rows of its tokens: S, T or R. */
  rows: Rows
  dModel: number
  heads: number
  dHead: number
  attention?: NearAttention
  /** The factor by which attention multiplies scores. */
  scoreScale: number
  positions: Settings
}

/** The vector that `embed` adds to each embedding: row `positions` [rows, 1] + `offset` of `positionTable` [positions, dModel]. */
export interface AddedPositions {
  positions: Tensor
  positionTable: Tensor
  offset: number
}

/** Further operands of attention: what the distance of query and key adds to keys and values, or to scores. */
export interface DistanceOperands {
  relativeKeys?: Tensor
  relativeValues?: Tensor
  distanceBias?: Tensor
}

/** How positions enter the self-attentions of one stack. Both functions are called in the module of each self-attention. */
export interface AttentionPositions {
  distances?(): DistanceOperands
  /** Queries, keys and values side by side, [rows, 3 · heads · dHead], of which queries and keys are turned by their positions. */
  turned?(queryKeyValue: Tensor): Tensor
}

/** Tables that programs bind, by the names under which they do. */
export interface PositionTables {
  /** Tables with a row for each position, which are written as far as a sentence has asked. */
  growing?: Readonly<Record<string, GrowingTable>>
  fixed?: Readonly<Record<string, Float32Array | Int32Array>>
  /** The first token of a sentence reads this row. */
  offset?: number
  /** Whether the last row is zeros, for the position of a padding token. */
  endsWithZeros?: boolean
}

/** A table [positions, width]. `write` fills the rows from `first` on, and leaves those before as they are. */
export interface GrowingTable {
  width: number
  write(table: Float32Array, first: number): void
}

/**
 * A kind of positions: its settings, what it binds, and how it enters the model. `Bound` are the inputs that a program with such positions
 * declares for one stack.
 */
export interface PositionKind<S extends Schema = Schema, Bound = unknown> {
  readonly settings: S
  /** In words, for people who look at a model. */
  says(positions: Values<S>): string
  /** The settings in a new model for sentences of up to `maxLength` tokens that tells distances apart up to `clip`. */
  ofNewModel(model: { maxLength: number; clip?: number }): Values<S>
  /** The longest sentence, in tokens, that has a position for each; left out: there is no limit. */
  longest?(positions: Values<S>): number
  /** The longest target, where it is shorter. */
  longestTarget?(positions: Values<S>): number
  /** Refuses settings that do not fit each other or the model. */
  check?(positions: Values<S>, sizes: ModelSizes, place: Place): void
  tables?(positions: Values<S>, sizes: ModelSizes): PositionTables
  inputs(stack: RecordedStack<Values<S>>): Bound
  /** Called in the module of the stack. A kind that adds nothing to embeddings has no such function. */
  added?(stack: RecordedStack<Values<S>>, bound: Bound): AddedPositions
  /** Called in the module of the stack, before its first layer, where the stack has self-attention. */
  attended?(stack: RecordedStack<Values<S>>, bound: Bound): AttentionPositions
}
