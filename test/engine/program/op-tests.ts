import { readdirSync } from 'node:fs'
import type { OpCase, Random } from './random-operands.ts'

/** What the tests of an op are told of it: test/ops/NAME.ts has it, a random case beside its plain mathematics. */
export interface OpTest {
  /** Random operands and attributes. */
  case(random: Random): OpCase
  /** Outputs in float64, in the order of the op's outputs, flattened: put together from small steps, as a reader would write it. */
  reference(c: OpCase): number[][]
  /**
   * The largest sum of magnitudes that each output is added up from, where that may be far larger than the sum: the gradients of a row's
   * scores have the sum 0, distances that are all clipped to one add them all up, and of a row that points where its gradient does a norm
   * leaves nothing.
   */
  terms?(c: OpCase): number[]
  /** Operands whose width nothing else of the op says. */
  freeWidths?: readonly string[]
  /** Seeds of cases that are always among the random ones: each was beyond the tolerance once. */
  seeds?: readonly number[]
}

const folder = new URL('../../ops/', import.meta.url)
const camelCase = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

/** The tests of every file in test/ops/, by the op's name. */
export const opTests: Readonly<Record<string, OpTest>> = Object.fromEntries(
  await Promise.all(
    readdirSync(folder).map(async (file) => {
      const { op }: { op: OpTest } = await import(new URL(file, folder).href)
      return [camelCase(file.replace(/\.ts$/, '')), op] as const
    }),
  ),
)
