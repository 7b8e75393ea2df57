/** How much is measured: everything, or a little of everything with models of few weights, which shows that each question can be asked. */
import { type ModelMaker, modelMakers, smallModelMakers } from './models.ts'
import type { ModelName } from './question.ts'

export interface Scale {
  models: Readonly<Record<ModelName, ModelMaker>>
  /** The most sentences, rows or texts that go together. */
  mostTogether: number
  /** The most elements of a weight or of a tensor whose op is measured alone. */
  mostElements: number
  /** One of so many lines, calls and requests is measured. */
  oneOf: number
  /** The least rounds of a row; undefined is the usual number. */
  fewestRounds?: number
  /** The most rounds of a question that has a number of its own. */
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

/** The numbers of sentences that go together, each once. */
export const together = ({ mostTogether }: Scale, counts: readonly number[]): number[] => [
  ...new Set(counts.map((count) => Math.min(count, mostTogether))),
]

/** Every so many values of a list, as the scale has it. */
export const some = <T>({ oneOf }: Scale, list: readonly T[]): T[] => list.filter((_, i) => i % oneOf === 0)

/** A number of lines, calls or requests, at least `least`. */
export const part = ({ oneOf }: Scale, count: number, least = 1): number => Math.max(least, Math.ceil(count / oneOf))
