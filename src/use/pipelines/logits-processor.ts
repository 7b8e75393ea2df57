import { GlassformerError } from '../../base/errors.ts'
import type { LogitsProcessor as Processor } from '../../engine/decode/processors/index.ts'
import { callable } from './callable.ts'
import { Tensor } from './tensor.ts'

/** Returns the logits of the next tokens [sequences, vocabulary], after the ids of each sequence, changed. */
type Processes = (ids: bigint[][], logits: Tensor) => Tensor

/**
 * Changes the logits of the next tokens. A custom class overrides `_call`, and its objects are called as functions.
 */
export class LogitsProcessor extends callable<Processes>() {
  _call(_ids: bigint[][], _logits: Tensor): Tensor {
    throw new GlassformerError('ERR_UNSUPPORTED', 'LogitsProcessor is a base: override _call in a class of your own')
  }
}

/** Several processors, one after the other. */
export class LogitsProcessorList extends callable<Processes>() {
  readonly processors: LogitsProcessor[] = []

  push(item: LogitsProcessor): void {
    this.processors.push(item)
  }

  extend(items: readonly LogitsProcessor[] | LogitsProcessorList): void {
    this.processors.push(...items)
  }

  _call(ids: bigint[][], logits: Tensor): Tensor {
    return this.processors.reduce((changed, processor) => processor(ids, changed), logits)
  }

  [Symbol.iterator](): Iterator<LogitsProcessor> {
    return this.processors.values()
  }
}

/**
 * The caller's `logits_processor` for a generation: objects of the classes here become functions of one sequence, and
 * functions are taken as they are.
 */
export function processorsOf(given: unknown): unknown {
  if (given === undefined || given === null) return given
  return [given].flat().map((each) => (isOfClass(each) ? ofOneSequence(each) : each))
}

const isOfClass = (value: unknown): value is Processes =>
  value instanceof LogitsProcessor || value instanceof LogitsProcessorList

const ofOneSequence =
  (processor: Processes): Processor =>
  (ids, logits) => {
    const changed = processor(
      [ids.map(BigInt)],
      new Tensor('float32', logits as Float32Array<ArrayBuffer>, [1, logits.length]),
    )
    return changed instanceof Tensor ? changed.data : changed
  }
