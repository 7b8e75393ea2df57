import { GlassformerError, shown } from '../../base/errors.ts'
import { isArrayOf } from '../../base/values/value-class.ts'
import { remoteFunction } from '../../workers/tensors/remote-functions.ts'
import { TensorCalls } from '../../workers/tensors/tensor-calls.ts'
import type { Intervention, TensorFunction, TensorValues } from './intervention.ts'

/** Interventions as a worker gets them: functions stay in the caller's thread, and are sent as their places. */
export interface SentInterventions {
  interventions: readonly Intervention[]
  /** Runs the functions for the worker; null where there are none. */
  calls: TensorCalls | null
}

export function sentInterventions(interventions: readonly Intervention[]): SentInterventions {
  const functions = interventions.filter((each) => each.kind === 'apply')
  if (!functions.length) return { interventions, calls: null }
  const named = functions.map(({ tensor, apply }) => ({
    tensor,
    run: (values: Parameters<TensorFunction>[0]) => applyFunction(apply, values),
  }))
  return {
    interventions: interventions.map((each) =>
      each.kind === 'apply' ? ({ ...each, apply: functions.indexOf(each) } as unknown as Intervention) : each,
    ),
    calls: new TensorCalls(named),
  }
}

/** The interventions that a worker has got; `memory` is that of the calls. */
export function receivedInterventions(
  interventions: readonly Intervention[],
  memory: SharedArrayBuffer | undefined,
): readonly Intervention[] {
  if (!memory) return interventions
  return interventions.map((each) => (each.kind === 'apply' ? { ...each, apply: inWorker(memory, each.apply) } : each))
}

function inWorker(memory: SharedArrayBuffer, place: unknown): TensorFunction {
  const call = remoteFunction(memory, place as number)
  return (tensor) => {
    call(tensor)
    return undefined
  }
}

/**
 * Calls a function of a tensor, and takes the values that it returns, if it returns any. @throws GlassformerError ERR_OPTION
 * where they are not as many numbers; what the function throws
 */
export function applyFunction(apply: TensorFunction, given: TensorValues): void {
  const { name, values } = given
  const result: unknown = apply(given)
  if (result === undefined || result === null) return
  const isList = isArrayOf(Float32Array, result) || Array.isArray(result)
  if (!isList || result.length !== values.length || !Array.from(result).every((value) => typeof value === 'number'))
    throw new GlassformerError(
      'ERR_OPTION',
      `the function of ${name} must return ${values.length} numbers, or nothing where it has changed them in place, not ${shown(result)}`,
    )
  values.set(result as ArrayLike<number>)
}
