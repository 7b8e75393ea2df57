import { remoteFunction } from '../../workers/tensors/remote-functions.ts'
import { TensorCalls } from '../../workers/tensors/tensor-calls.ts'
import { applyFunction } from './apply-function.ts'
import type { Intervention, TensorFunction } from './intervention.ts'

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
