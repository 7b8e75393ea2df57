import { type Given, read, settings, type Values } from '../../base/schema/settings.ts'
import { either, flag, integer, listOf, oneOf, type Type, text } from '../../base/schema/types.ts'

/**
 * Ways to say why a token was chosen.
 * - `direct`: what each head, feed-forward network, embedding and bias adds to the token's logit by itself, with the
 *   standard deviations of norms held fixed (Elhage et al. 2021). The shares add up to the logit.
 * - `gradient`: the gradient of the logit by each embedding, times the embedding (Shrikumar et al. 2016).
 * - `integrated`: integrated gradients from zeros (Sundararajan et al. 2017), for source and prefix each by itself.
 */
export const methods = ['direct', 'gradient', 'integrated'] as const
export type Method = (typeof methods)[number]

const method = oneOf(...methods)
const methodList = listOf(method, `a list of ${methods.join(', ')}`, 1)
const step = integer(0)

export const attributionSettings = settings({
  by: {
    type: either(method, methodList),
    default: 'direct',
    says: 'one of direct, gradient and integrated, or a list of them',
  },
  steps: {
    type: either(step, listOf(step, 'a list of steps, from 0', 1)),
    default: null,
    otherwise: 'every step',
    says: 'which target tokens: a step of the decoder from 0, or a list of them',
  },
  token: {
    type: { ...either(text, integer(0)), expected: 'a token or its id' },
    default: null,
    otherwise: 'the token of the target',
    says: 'whose logit: a token or its id',
  },
  keys: {
    type: flag,
    default: false,
    says: 'direct: what each head takes from each token that it looks at',
  },
  points: {
    type: integer(1, 10_000),
    default: 32,
    says: 'integrated: how many gradients are taken on the way, each in the middle of its part (midpoint rule)',
  },
  vectors: {
    type: flag,
    default: false,
    says: 'gradient: the gradients themselves too, as tensors `gradient.source` and `gradient.prefix` [steps, tokens, dModel]',
  },
})

/** The option `attribute`. */
export type AttributeOption = boolean | Method | readonly Method[] | Given<typeof attributionSettings>

/** The option `attribute`, checked and complete. */
export interface ResolvedAttribution extends Omit<Values<typeof attributionSettings>, 'by' | 'steps'> {
  by: readonly Method[]
  /** Null: every step. */
  steps: readonly number[] | null
}

/** `attribute` as it may be given: true, one or several methods, or settings. */
export const attributionChoice: Type<AttributeOption> = {
  expected: `true, one of ${methods.join(', ')}, a list of these, or an object`,
  accepts: (value): value is AttributeOption => value !== undefined,
  read(given, place) {
    if (given === false) return false
    const object =
      given === true ? {} : method.accepts(given) || Array.isArray(given) ? { by: given } : place.object(given)
    const { by, steps, ...others } = read(attributionSettings, object, place)
    const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T])
    return { ...others, by: [...new Set(list(by))], steps: steps === null ? null : list(steps) } as AttributeOption
  },
}

/** A rival token: a piece of the vocabulary, a word that is one, or an id. */
export type Rival = string | number
/** The option `contrast`; true: the most probable token other than the one that is explained. */
export type Contrast = true | Rival | readonly Rival[]

const rival: Type<Rival> = { ...either(text, integer(0)), expected: 'a token or its id' }

export const contrastChoice: Type<boolean | Contrast> = {
  ...either(flag, either(rival, listOf(rival, 'a list of tokens or ids', 1))),
  expected: 'true, a token or its id, or a list of these with one for each step',
  choices: undefined,
}
