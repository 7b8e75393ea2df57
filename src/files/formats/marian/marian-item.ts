/** How the values of an item of a Marian model are stored. */
export type MarianStorage =
  | { kind: 'float32' | 'float16' | 'int8' }
  /**
   * A matrix of integers with a multiplier behind them, which a value was multiplied by. `lane` is null where rows lie one after the other,
   * and otherwise the number of values of a row that lie together, those of eight rows in turn, as a CPU's registers take them.
   */
  | { kind: 'intgemm8' | 'intgemm16'; lane: number | null }

/** One entry of a Marian model file: a weight, or a text such as its options. */
export interface MarianItem {
  storage: MarianStorage
  /** Its shape, as Marian has it: the matrix of x W is [inputs, outputs]. */
  shape: readonly number[]
  /** Where its bytes lie in the file. */
  offset: number
  bytes: number
  /** Whether the values of float32 and float16 lie column after column. */
  byColumns?: boolean
}

/** The item that holds the options of the model, as YAML. */
export const OPTIONS_ITEM = 'special:model.yml'

/** The number of values of a shape. */
export const countOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1)
