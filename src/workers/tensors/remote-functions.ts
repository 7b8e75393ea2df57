import { GlassformerError } from '../../base/errors.ts'
import {
  ANSWERED,
  CALLED,
  type GrowableMemory,
  HEADER,
  headerOf,
  IDLE,
  INDEX,
  type SharedFunction,
  STATE,
  tensorIn,
} from './tensor-calls.ts'

/** In a worker: the function at a place among those of the caller, whose thread runs it. */
export const remoteFunction =
  (shared: SharedArrayBuffer, index: number): SharedFunction =>
  ({ name, shape: [rows, width], values, positions }) => {
    const memory = shared as GrowableMemory
    const header = headerOf(memory)
    const bytes = HEADER + 4 * (rows + values.length)
    if (bytes > memory.maxByteLength)
      throw new GlassformerError('ERR_MEMORY', `${name} has ${values.length} values, too many for a function of them`)
    if (bytes > memory.byteLength) memory.grow(bytes)
    header.set([index, rows, width], INDEX)
    const tensor = tensorIn(memory)
    tensor.positions.set(positions)
    tensor.values.set(values)
    Atomics.store(header, STATE, CALLED)
    Atomics.notify(header, STATE)
    while (Atomics.load(header, STATE) === CALLED) Atomics.wait(header, STATE, CALLED)
    if (Atomics.load(header, STATE) !== ANSWERED)
      throw new GlassformerError('ERR_OPTION', `the function of ${name} has thrown an error`)
    Atomics.store(header, STATE, IDLE)
    values.set(tensor.values)
  }
