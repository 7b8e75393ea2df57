import { GlassformerError } from '../../base/errors.ts'
import { callable } from './callable.ts'

/** Returns, for each sequence of ids, the start included, whether it stops. */
type Stops = (ids: bigint[][], scores?: unknown) => boolean[]

/**
 * A criterion that stops a generation before its end. A custom class overrides `_call`, and its objects are called as
 * functions.
 */
export class StoppingCriteria extends callable<Stops>() {
  _call(_ids: bigint[][], _scores?: unknown): boolean[] {
    throw new GlassformerError('ERR_UNSUPPORTED', 'StoppingCriteria is a base: override _call in a class of your own')
  }
}

/** Stops a sequence at this many ids, the start included. */
export class MaxLengthCriteria extends StoppingCriteria {
  readonly max_length: number

  constructor(max_length: number) {
    super()
    this.max_length = max_length
  }

  override _call(ids: bigint[][]): boolean[] {
    return ids.map(({ length }) => length >= this.max_length)
  }
}

/** Stops a sequence after one of these ids. */
export class EosTokenCriteria extends StoppingCriteria {
  readonly eos_token_id: number[]

  constructor(eos_token_id: number | number[]) {
    super()
    this.eos_token_id = [eos_token_id].flat()
  }

  override _call(ids: bigint[][]): boolean[] {
    return ids.map((row) => this.eos_token_id.includes(Number(row.at(-1) ?? Number.NaN)))
  }
}

/** Stops a generation from outside; the ids generated so far are its result. */
export class InterruptableStoppingCriteria extends StoppingCriteria {
  interrupted = false

  interrupt(): void {
    this.interrupted = true
  }

  reset(): void {
    this.interrupted = false
  }

  override _call(ids: bigint[][]): boolean[] {
    return ids.map(() => this.interrupted)
  }
}

/** Stops a sequence when one of several criteria does. */
export class StoppingCriteriaList extends callable<Stops>() {
  readonly criteria: StoppingCriteria[] = []

  push(item: StoppingCriteria): void {
    this.criteria.push(item)
  }

  extend(items: StoppingCriteria | StoppingCriteriaList | readonly StoppingCriteria[]): void {
    this.criteria.push(...(items instanceof StoppingCriteriaList ? items.criteria : [items].flat()))
  }

  _call(ids: bigint[][], scores?: unknown): boolean[] {
    const stops = this.criteria.map((criterion) => criterion(ids, scores))
    return ids.map((_, i) => stops.some((each) => each[i]))
  }

  [Symbol.iterator](): Iterator<StoppingCriteria> {
    return this.criteria.values()
  }
}

/**
 * Turns the caller's `stopping_criteria` into one function; null if there are none.
 * @throws GlassformerError ERR_OPTION
 */
export function criteriaOf(given: unknown): Stops | null {
  if (given === undefined || given === null) return null
  const list = [given].flat()
  if (!list.every((each) => typeof each === 'function'))
    throw new GlassformerError(
      'ERR_OPTION',
      "option 'stopping_criteria' takes objects of StoppingCriteria, or a list of them",
    )
  const all = new StoppingCriteriaList()
  all.extend(list as StoppingCriteria[])
  return all
}
