/** The storage format of an item's values in a Marian model. */
export type MarianStorage =
  | { kind: 'float32' | 'float16' | 'int8' }
  /**
   * A matrix of integers, followed by the multiplier that values had before rounding. `lane` is null where rows follow
   * one another; otherwise it is the number of consecutive values of one row, and eight rows are interleaved to fit a
   * CPU's registers.
   */
  | { kind: 'intgemm8' | 'intgemm16'; lane: number | null }

/** An entry of a Marian model file: a weight, or a text such as the options. */
export interface MarianItem {
  storage: MarianStorage
  /** The shape in Marian's orientation: the matrix of x W is [inputs, outputs]. */
  shape: readonly number[]
  /** Offset of its bytes in the file. */
  offset: number
  bytes: number
  /** Whether values of float32 and float16 are stored column by column. */
  byColumns?: boolean
}

/** The item with the options of the model, as YAML. */
export const OPTIONS_ITEM = 'special:model.yml'

/** The number of values of a shape. */
export const countOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1)
