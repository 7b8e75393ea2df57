import { type Given, settings, some } from '../../base/schema/settings.ts'
import { flag, integer, listOf, oneOf, positiveInteger, type Type, text } from '../../base/schema/types.ts'
import { type SchedulingOptions, schedulingSettings } from '../../workers/requests/scheduling.ts'

const texts: Type<readonly string[]> = listOf(text, 'a list of texts')

/** The settings of all calls. */
export const callSettings = settings({
  ...schedulingSettings,
  maxLength: {
    type: positiveInteger,
    optional: true,
    otherwise: "the model's",
    says: 'tokens of a text that are read, at most those of the model',
  },
  tooLong: {
    type: oneOf('cut', 'refuse'),
    default: 'cut',
    says: '`cut`: the tokens of a text beyond maxLength are left out; `refuse`: such a text is ERR_INPUT_TOO_LONG',
  },
})

export const statesSettings = settings({
  ...callSettings,
  layers: {
    type: flag,
    default: false,
    says: 'the states after each layer and the weights of attention are returned too; such a text is run alone',
  },
})

export const embedSettings = settings({
  ...callSettings,
  prompt: {
    type: text,
    optional: true,
    otherwise: "the folder's default prompt, where it has one",
    says: "stands before each text: the name of one of the folder's prompts (`query`), or the words themselves; '' for none",
  },
  dimensions: {
    type: positiveInteger,
    optional: true,
    otherwise: 'all',
    says: 'the first so many numbers of a vector (Matryoshka); with `normalize` they are made a vector of length 1',
  },
  normalize: { type: flag, optional: true, otherwise: 'as the folder says', says: 'vectors have the length 1' },
})

export const inspectSettings = { ...callSettings, ...some(embedSettings, 'prompt') }

export const attributeSettings = settings({
  ...callSettings,
  label: { type: text, optional: true, otherwise: 'the likeliest', says: 'the label that is explained' },
})

export const rankSettings = settings({
  ...callSettings,
  top: { type: positiveInteger, optional: true, otherwise: 'all', says: 'the best so many documents' },
})

export const classifySettings = settings({
  ...callSettings,
  top: { type: positiveInteger, default: 1, says: 'the likeliest so many labels' },
  activation: {
    type: oneOf('softmax', 'sigmoid', 'none'),
    optional: true,
    otherwise:
      'what the model was trained with: sigmoid for one label or several at once, none for numbers, else softmax',
    says: 'what makes scores of the logits',
  },
})

export const tokenSettings = settings({
  ...callSettings,
  aggregation: {
    type: oneOf('none', 'simple', 'first', 'average', 'max'),
    default: 'simple',
    says: 'how tokens become entities, as the pipeline of transformers has it',
  },
  ignoreLabels: { type: texts, default: ['O'], says: 'labels that are left out' },
})

export const fillSettings = settings({
  ...callSettings,
  top: { type: positiveInteger, default: 5, says: 'the likeliest so many tokens for each mask' },
  targets: { type: texts, optional: true, otherwise: 'all tokens', says: 'the only tokens that are considered' },
})

export const answerSettings = settings({
  ...callSettings,
  top: { type: positiveInteger, default: 1, says: 'the best so many answers' },
  stride: {
    type: integer(0),
    optional: true,
    otherwise: 'the smaller of 128 and half of maxLength',
    says: 'tokens that two windows of a long text have in common',
  },
  longest: { type: positiveInteger, default: 15, says: 'the longest answer in tokens' },
  allowsNone: { type: flag, default: false, says: 'the text may have no answer, which is then an empty one' },
})

export const zeroShotSettings = settings({
  ...callSettings,
  template: { type: text, default: 'This example is {}.', says: 'the hypothesis, with {} in place of a label' },
  multiLabel: { type: flag, default: false, says: 'several labels may be right: each has a score of its own' },
})

/** How texts become vectors, and how the call is scheduled. */
export interface EmbedOptions extends Given<typeof embedSettings>, SchedulingOptions {}
/** How texts are read to be looked into or compared, and how the call is scheduled. */
export interface InspectOptions extends Given<typeof inspectSettings>, SchedulingOptions {}
/** Which label is explained, and how the call is scheduled. */
export interface AttributeOptions extends Given<typeof attributeSettings>, SchedulingOptions {}
/** How documents are ranked, and how the call is scheduled. */
export interface RankOptions extends Given<typeof rankSettings>, SchedulingOptions {}
/** Which labels of a text are returned, and how the call is scheduled. */
export interface ClassifyOptions extends Given<typeof classifySettings>, SchedulingOptions {}
/** How classified tokens are joined to entities, and how the call is scheduled. */
export interface TokenOptions extends Given<typeof tokenSettings>, SchedulingOptions {}
/** How many tokens are returned for each mask, and how the call is scheduled. */
export interface FillOptions extends Given<typeof fillSettings>, SchedulingOptions {}
/** How a text is read for an answer, and how the call is scheduled. */
export interface AnswerOptions extends Given<typeof answerSettings>, SchedulingOptions {}
/** How labels become hypotheses, and how the call is scheduled. */
export interface ZeroShotOptions extends Given<typeof zeroShotSettings>, SchedulingOptions {}
/** Which states of a text are returned, and how the call is scheduled. */
export interface StatesOptions extends Given<typeof statesSettings>, SchedulingOptions {}
/** How texts are read, and how the call is scheduled. */
export interface CallOptions extends Given<typeof callSettings>, SchedulingOptions {}
