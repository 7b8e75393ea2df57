/**
 * The amount of measurement: everything, or a few cases with models of few weights, which checks that each question
 * works.
 */

import type { ModelName } from './model-names.ts'
import { type ModelMaker, modelMakers, smallModelMakers } from './models.ts'

export interface Scale {
  models: Readonly<Record<ModelName, ModelMaker>>
  /** The maximum number of sentences, rows or texts in a batch. */
  mostTogether: number
  /** The maximum number of elements in a weight or tensor whose op is measured alone. */
  mostElements: number
  /** One of this many lines, calls and requests is measured. */
  oneOf: number
  /** The minimum number of rounds in a row; undefined is the usual number. */
  fewestRounds?: number
  /** The maximum number of rounds for a question with its own number. */
  mostRounds: number
}

export const whole: Scale = {
  models: modelMakers,
  mostTogether: Number.POSITIVE_INFINITY,
  mostElements: Number.POSITIVE_INFINITY,
  oneOf: 1,
  mostRounds: Number.POSITIVE_INFINITY,
}

export const small: Scale = {
  models: smallModelMakers,
  mostTogether: 2,
  mostElements: 300_000,
  oneOf: 50,
  fewestRounds: 1,
  mostRounds: 1,
}

/** The batch sizes, each once. */
export const together = ({ mostTogether }: Scale, counts: readonly number[]): number[] => [
  ...new Set(counts.map((count) => Math.min(count, mostTogether))),
]

/** Every nth value of a list, by the scale. */
export const some = <T>({ oneOf }: Scale, list: readonly T[]): T[] => list.filter((_, i) => i % oneOf === 0)

/** A number of lines, calls or requests, at least `least`. */
export const part = ({ oneOf }: Scale, count: number, least = 1): number => Math.max(least, Math.ceil(count / oneOf))
