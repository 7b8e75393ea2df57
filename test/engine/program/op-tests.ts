import { readdirSync } from 'node:fs'
import type { OpCase, Random } from './random-operands.ts'

/** The data for tests of an op, exported under its name by test/ops/: a random case and its plain mathematics. */
export interface OpTest {
  /** Random operands and attributes. */
  case(random: Random): OpCase
  /** Outputs in float64, in the order of the op's outputs, flattened: composed from small steps, for readability. */
  reference(c: OpCase): number[][]
  /**
   * The largest sum of magnitudes of each output's summands, needed if it may be far larger than the sum: the gradients
   * of a row's scores have the sum 0, distances that are all clipped to one add them all up, and a norm cancels the
   * part of the gradient that is parallel to the row.
   */
  terms?(c: OpCase): number[]
  /** Values whose slopes the gradient has, where these are not those of the first output: it goes straight through what is rounded. */
  slopesOf?(c: OpCase): number[]
  /** Operands whose width does not follow from other operands of the op. */
  freeWidths?: readonly string[]
  /** Seeds of cases that are always included: each exceeded the tolerance once. */
  seeds?: readonly number[]
}

const folder = new URL('../../ops/', import.meta.url)

/** The tests of all ops, by their names: exports of the files in test/ops/. */
export const opTests: Readonly<Record<string, OpTest>> = Object.assign(
  {},
  ...(await Promise.all(readdirSync(folder).map((file) => import(new URL(file, folder).href)))),
)
