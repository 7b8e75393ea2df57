import { inFile } from '../../../base/schema/place.ts'
import { read, settings, some, type Values } from '../../../base/schema/settings.ts'
import { listOf, type Type, text } from '../../../base/schema/types.ts'
import { textSettings } from '../../../use/translate/options/options.ts'
import { modelFields } from './translate-request.ts'

interface Pair {
  source: string
  target: string
}

const pair: Type<Pair> = {
  expected: 'a pair { source, target } of texts',
  accepts: (value): value is Pair =>
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === 2 &&
    text.accepts((value as Pair).source) &&
    text.accepts((value as Pair).target),
  json: {
    type: 'object',
    properties: { source: { type: 'string' }, target: { type: 'string' } },
    required: ['source', 'target'],
    additionalProperties: false,
  },
}

/** The body of a request for scores. */
export const scoreFields = settings({
  pairs: {
    type: listOf(pair, 'a list of pairs { source, target } of texts'),
    says: 'texts with their translations, whose probability is asked for',
  },
  ...modelFields,
  ...some(textSettings, 'adapter'),
})

/** @throws GlassformerError ERR_OPTION */
export const readScoreRequest = (body: unknown): Values<typeof scoreFields> =>
  read(scoreFields, body, inFile('the request', 'ERR_OPTION'))
