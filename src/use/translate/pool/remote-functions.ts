import { GlassformerError } from '../../../base/errors.ts'
import type { Intervention, TensorFunction } from '../../../trace/edits/intervention.ts'
import {
  ANSWERED,
  CALLED,
  type GrowableMemory,
  HEADER,
  headerOf,
  IDLE,
  INDEX,
  STATE,
  tensorIn,
} from './tensor-memory.ts'

/** Interventions in a worker, whose functions run in the thread of the caller. */
export function withRemoteFunctions(
  interventions: readonly Intervention[],
  memory: SharedArrayBuffer | undefined,
): readonly Intervention[] {
  if (!memory) return interventions
  return interventions.map((each) =>
    each.kind === 'apply'
      ? { ...each, apply: remote(memory as GrowableMemory, each.apply as unknown as number) }
      : each,
  )
}

/** The function at a place among those of the caller. */
const remote =
  (memory: GrowableMemory, index: number): TensorFunction =>
  ({ name, shape: [rows, width], values, positions }) => {
    const header = headerOf(memory)
    const bytes = HEADER + 4 * (rows + values.length)
    if (bytes > memory.maxByteLength)
      throw new GlassformerError('ERR_MEMORY', `${name} has ${values.length} values, too many for a function of them`)
    if (bytes > memory.byteLength) memory.grow(bytes)
    header.set([index, rows, width], INDEX)
    const shared = tensorIn(memory)
    shared.positions.set(positions)
    shared.values.set(values)
    Atomics.store(header, STATE, CALLED)
    Atomics.notify(header, STATE)
    while (Atomics.load(header, STATE) === CALLED) Atomics.wait(header, STATE, CALLED)
    if (Atomics.load(header, STATE) !== ANSWERED)
      throw new GlassformerError('ERR_OPTION', `the function of ${name} has thrown an error`)
    Atomics.store(header, STATE, IDLE)
    values.set(shared.values)
    return undefined
  }
