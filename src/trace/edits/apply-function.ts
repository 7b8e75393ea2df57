import { GlassformerError, shown } from '../../base/errors.ts'
import { isArrayOf } from '../../base/values/value-class.ts'
import type { TensorFunction, TensorValues } from './intervention.ts'

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
