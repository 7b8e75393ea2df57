import type { TensorArray } from '../../backend/interface/backend.ts'
import type { Rows } from '../../program/instructions/tensor.ts'
import { NO_ADAPTER } from './adapter-memory.ts'

/** The rows, by their symbols, whose adapters are bound: others than those of tokens belong to sentences in ways of their own. */
export const adaptableRows: ReadonlySet<Rows> = new Set(['S', 'T', 'B.firsts', 'G.sums'])

type Arrays = Readonly<Record<string, TensorArray>>

/** For each row of a batch the adapter of its sentence, whose spans these are: [rows]. */
function ofRows(adapters: readonly number[], spans: TensorArray, rows: number): Int32Array {
  const found = new Int32Array(rows).fill(NO_ADAPTER)
  adapters.forEach((adapter, b) => {
    found.fill(adapter, spans[2 * b], spans[2 * b + 1])
  })
  return found
}

/**
 * The adapters of all rows of an encoder over sources, as `raggedSources` binds them: tokens, and where the model has them the first
 * tokens and the sums of blocks that see all others.
 */
export function adaptersOfSources(
  adapters: readonly number[],
  rows: Readonly<Record<string, number>>,
  arrays: Arrays,
): Arrays {
  const ofTokens = ofRows(adapters, arrays.sources, rows.S)
  const summed = arrays['encoder.summed']
  const most = summed ? summed.length / rows['G.sums'] : 0
  return {
    'adapters.S': ofTokens,
    ...(arrays['encoder.firsts'] && { 'adapters.B.firsts': Int32Array.from(adapters) }),
    ...(summed && {
      'adapters.G.sums': Int32Array.from({ length: rows['G.sums'] }, (_, sum) => ofTokens[summed[sum * most]]),
    }),
  }
}

/** The adapters of all rows of whole pairs, as `raggedPairs` binds them; a decoder alone reads both sides as one. */
export const adaptersOfPairs = (
  adapters: readonly number[],
  rows: Readonly<Record<string, number>>,
  arrays: Arrays,
): Arrays =>
  arrays.sources
    ? { ...adaptersOfSources(adapters, rows, arrays), 'adapters.T': ofRows(adapters, arrays.targets, rows.T) }
    : { 'adapters.S': ofRows(adapters, arrays.targets, rows.S) }
