import { type Given, read, settings, type Values } from '../../base/schema/settings.ts'
import { either, ids, integer, listOf, oneOf, type Type, text } from '../../base/schema/types.ts'
import { substitutes } from '../edits/intervention.ts'

/**
 * The measures of a sweep: the logit of the answer minus that of its rival; the probability of the answer; or the loss of
 * the whole target, the mean of −log p of its tokens, in nats.
 */
export const measures = ['logitDifference', 'probability', 'loss'] as const
export type Measure = (typeof measures)[number]

/** The columns of a sweep: the tokens of the tensors' rows, or the heads of attentions. */
export const sweptParts = ['position', 'head'] as const

const pair = listOf(integer(0), 'a pair of rows, from 0', 2)

export const sweepSettings = settings({
  second: {
    type: either(text, ids),
    optional: true,
    otherwise: 'none',
    says: 'a second source, a text or ids: its tensors take the place of those of the first',
  },
  with: {
    type: oneOf(...substitutes),
    default: 'zero',
    says: 'without a second source: what takes the place of a tensor',
  },
  over: { type: oneOf(...sweptParts), default: 'position', says: 'columns: positions of tokens, or heads' },
  tensors: {
    type: either(text, listOf(text, 'a list of names of tensors', 1)),
    default: null,
    otherwise: 'position: `encoder.*.out`; head: `encoder.*.selfAttention.heads`',
    says: 'rows: names of tensors, or patterns of them; heads are those of tensors `….heads`',
  },
  align: {
    type: either(
      oneOf('tokens', 'places'),
      listOf(pair, 'a list of pairs of rows: one of the first source and one of the second'),
    ),
    default: null,
    otherwise: '`places` for sources of one length, else `tokens`',
    says: 'which rows of the second source take the place of which: row by row (`places`), by their common `tokens`, or pairs [first, second] by hand',
  },
  measure: {
    type: oneOf(...measures),
    default: null,
    otherwise: 'logitDifference with a second source, else loss',
    says: 'the number: the logit of `answer` minus that of `contrast`, the `probability` of `answer`, or the `loss` of the target',
  },
  step: {
    type: integer(0),
    default: null,
    otherwise: 'where the two translations part; 0 without a second source',
    says: 'at which step of the decoder, from 0; the loss is that of all steps',
  },
  answer: {
    type: { ...either(text, integer(0)), expected: 'a token or its id' },
    default: null,
    otherwise: 'the token of the target',
    says: 'a token or its id',
  },
  seed: { type: integer(0), default: 1, says: 'of noise' },
})

/** The option `sweep`. */
export interface SweepOption extends Given<typeof sweepSettings> {}

/** The option `sweep`, checked and complete. */
export interface ResolvedSweep extends Omit<Values<typeof sweepSettings>, 'tensors'> {
  tensors: readonly string[]
  measure: Measure
}

const byDefault = { position: 'encoder.*.out', head: 'encoder.*.selfAttention.heads' } as const

export const sweepChoice: Type<SweepOption> = {
  expected: 'an object',
  accepts: (value): value is SweepOption => typeof value === 'object' && value !== null,
  read(given, place) {
    const { tensors, measure, ...others } = read(sweepSettings, given, place)
    const { over, second } = others
    return {
      ...others,
      tensors: [tensors ?? byDefault[over]].flat(),
      measure: measure ?? (second === undefined ? 'loss' : 'logitDifference'),
    } as ResolvedSweep as SweepOption
  },
}
