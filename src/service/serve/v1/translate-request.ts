import { mayBeLeftOut } from '../../../base/schema/given.ts'
import { inFile } from '../../../base/schema/place.ts'
import { read, settings, some, type Values } from '../../../base/schema/settings.ts'
import { either, flag, listOf, text } from '../../../base/schema/types.ts'
import { generationSettings } from '../../../engine/decode/settings/options.ts'
import { schedulingSettings, type TranslateOptions, textSettings } from '../../../use/translate/options/options.ts'

/** The common fields of all requests to a model. */
export const modelFields = settings({
  model: {
    type: text,
    optional: true,
    otherwise: 'the first that has the languages',
    says: 'the name of a model of `/v1/models`',
  },
  source: {
    type: text,
    optional: true,
    otherwise: 'what the model says',
    says: 'the language of the texts: fr, fra, French',
  },
  target: { type: text, optional: true, otherwise: 'what the model says', says: 'the language of the translations' },
  timeout: {
    ...schedulingSettings.timeout,
    otherwise: "the server's",
    says: 'milliseconds after which the request is given up, with the status 408',
  },
  priority: { ...mayBeLeftOut(schedulingSettings).priority },
})

/** Translation options: those of a translator that JSON can express. */
const translatorFields = mayBeLeftOut({
  ...generationSettings,
  ...some(
    textSettings,
    'split',
    'packTokens',
    'context',
    'format',
    'retranslate',
    'attributes',
    'protect',
    'copyUnknown',
    'confidence',
    'minConfidence',
    'numbers',
    'readCapitals',
    'glossary',
    'memoryThreshold',
    'memoryUse',
    'adapter',
  ),
})

/** The body of a request for translations. */
export const translateFields = settings({
  text: { type: either(text, listOf(text, 'a list of texts')), says: 'the text, or a list of texts' },
  ...modelFields,
  tokens: { type: flag, default: false, says: 'gives `ids` and `tokenScores` with each translation' },
  memory: {
    type: flag,
    default: true,
    says: "asks this key's [memory](#memories) of these languages first, where it has one",
  },
  ...translatorFields,
})

/** The contents of a request. */
export interface TranslateRequest extends Omit<Values<typeof modelFields>, 'priority'> {
  texts: readonly string[]
  /** Whether the request has one text, and not a list. */
  isOne: boolean
  tokens: boolean
  /** Whether the client's memory is asked. */
  memory: boolean
  options: TranslateOptions
}

/** @throws GlassformerError ERR_OPTION, ERR_INPUT where there is no text */
export function readTranslateRequest(body: unknown): TranslateRequest {
  const {
    text: given,
    model,
    source,
    target,
    timeout,
    tokens,
    memory,
    ...options
  } = read(translateFields, body, inFile('the request', 'ERR_OPTION'))
  const isOne = typeof given === 'string'
  return { texts: isOne ? [given] : given, isOne, model, source, target, timeout, tokens, memory, options }
}
