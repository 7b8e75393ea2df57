import { settings } from '../../../base/schema/settings.ts'
import {
  flag,
  integer,
  listOf,
  notNegativeNumber,
  oneOf,
  part,
  positiveNumber,
  positiveUpTo,
  share,
  type Type,
  text,
} from '../../../base/schema/types.ts'
import { trainedOn } from '../../../files/folders/layout/loaded-model.ts'
import { augmentation } from '../augment/settings.ts'
import { textUnits } from '../pairs/text-corpus.ts'
import { scheduleKinds } from './schedule.ts'

// The schemas of the settings of a training, by group in the file of settings; those of a new model are in
// new-model-settings.ts. Docs and the command's flags are
// generated from these schemas.

/** Settings of learning. A setting that is null follows from others: see `complete` and `planned`. */
export const trainingSettings = settings({
  steps: { type: integer(1), default: null, otherwise: '10000', flag: '--steps <n>', says: 'steps in all' },
  epochs: {
    type: integer(1),
    default: null,
    otherwise: 'not set',
    flag: '--epochs <n>',
    says: 'in place of steps: passes over the pairs in all',
  },
  batchTokens: {
    type: integer(1),
    default: 4096,
    flag: '--batch-tokens <n>',
    says: 'tokens of either side in a batch',
  },
  accumulate: {
    type: integer(1),
    default: 1,
    flag: '--accumulate <n>',
    says: 'batches whose gradients make one step: larger batches without more memory, or shared out among the ranks of mpirun',
  },
  schedule: {
    type: oneOf(...scheduleKinds),
    default: null,
    otherwise: 'inverseSquareRoot; relative with Adafactor',
    flag: '--schedule <name>',
    says: "how the learning rate goes; noam is the paper's",
  },
  learningRate: {
    type: positiveNumber,
    default: null,
    otherwise: "0.001; 0.01 with relative, the paper's with noam",
    flag: '--learning-rate <x>',
    says: "the highest rate; the paper's is (dModel · warmup)^−½; noam with `from` needs it",
  },
  warmup: {
    type: integer(0),
    default: null,
    otherwise: 'a tenth of the steps, at most 4000',
    says: 'steps until the rate is at its highest',
  },
  lastLearningRate: { type: notNegativeNumber, default: 0, says: 'where linear and cosine schedules end' },
  optimizer: {
    type: oneOf('adam', 'adamw', 'adafactor'),
    default: 'adam',
    says: 'adamw has weight decay; adafactor remembers far less',
  },
  weightDecay: {
    type: notNegativeNumber,
    default: null,
    otherwise: '0; 0.01 with adamw',
    says: 'decoupled weight decay, times the step; above 0, Adam is AdamW',
  },
  clip: { type: notNegativeNumber, default: 1, says: 'gradients are scaled down to this norm; 0: never' },
  labelSmoothing: { type: share, default: 0.1, says: 'the share of probability that is spread over other pieces' },
  smoothingOver: {
    type: oneOf('all', 'others'),
    default: 'all',
    says: "over all pieces (PyTorch, fairseq), or others than the right one (the paper's code)",
  },
  teacher: {
    type: text,
    optional: true,
    flag: '--teacher <model>',
    says: 'the folder of a model to learn from, whose vocabulary is taken',
  },
  dropout: {
    type: share,
    default: 0.1,
    flag: '--dropout <x>',
    says: 'of what each layer adds, and of embeddings; 0.2 or 0.3 for few pairs',
  },
  attentionDropout: { type: share, default: 0, says: 'of attention weights' },
  activationDropout: { type: share, default: 0, says: 'within feed-forward layers' },
  seed: { type: integer(0), default: 1, flag: '--seed <n>', says: 'decides first weights, order and dropout' },
  saveEvery: {
    type: integer(1),
    default: null,
    otherwise: 'a tenth of the steps, at most 500',
    flag: '--save-every <n>',
    says: 'steps between checkpoints; the best validation so far makes one besides',
  },
  keep: {
    type: integer(1),
    default: 3,
    flag: '--keep <n>',
    says: 'checkpoints that are kept, beside the best; with many `inspect --training` shows how a sentence was learned',
  },
  average: {
    type: integer(1),
    default: 1,
    flag: '--average <n>',
    says: 'above 1: the model is the mean of so many last checkpoints, which is often a little better',
  },
  weights: {
    type: oneOf('auto', 'float32', 'float16', 'int8'),
    default: 'auto',
    otherwise: 'auto: int8 where the model of `from` is stored so, else float32',
    flag: '--weights <dtype>',
    says: 'how the finished model is stored; the confidence file of the start model goes with it',
  },
  ema: {
    type: share,
    default: 0,
    flag: '--ema <x>',
    says: 'decay of a moving average of the weights (0.999, say), which then is the model; not together with average',
  },
  patience: {
    type: integer(0),
    default: 0,
    flag: '--patience <n>',
    says: 'above 0: training ends after so many validations without a better loss, and the model is the best one, unless it is a mean',
  },
})

/** Further settings of Adam, and of AdamW. */
export const adamSettings = settings({
  beta1: { type: share, default: 0.9, says: "Adam's decay of the mean" },
  beta2: { type: share, default: 0.98, says: 'and of the squares' },
  epsilon: { type: positiveNumber, default: 1e-9, says: 'what keeps its denominator above 0' },
})

/** Settings of distillation, used with a teacher. */
export const teacherSettings = settings({
  teacherWeight: {
    type: part,
    default: 0.5,
    says: 'how much its distributions count beside the targets: 1, these alone',
  },
  teacherTemperature: {
    type: positiveNumber,
    default: 1,
    says: 'by which the logits of both are divided to compare them',
  },
})

/** The modules of a layer that an adapter can change, by groups and by names. */
export const loraTargets = [
  'attention',
  'feedForward',
  'query',
  'key',
  'value',
  'output',
  'inner',
  'outer',
  'gate',
] as const

const targetList: Type<readonly (typeof loraTargets)[number][]> = {
  ...listOf(oneOf(...loraTargets), `a list of ${loraTargets.join(', ')}`, 1),
  choices: undefined,
  parse: (given) => given.split(',').map((name) => name.trim() as (typeof loraTargets)[number]),
}

/** Settings of a low-rank adapter, which is trained in place of the model. */
export const loraSettings = settings({
  rank: {
    type: integer(1, 4096),
    default: 16,
    flag: '--lora <rank>',
    says: 'trains a low-rank adapter of this rank (LoRA), and leaves the model of `from` as it is',
  },
  alpha: {
    type: positiveNumber,
    default: null,
    otherwise: 'twice the rank',
    flag: '--lora-alpha <x>',
    says: "the adapter's products are multiplied by alpha ÷ rank",
  },
  targets: {
    type: targetList,
    default: ['attention', 'feedForward'],
    flag: '--lora-targets <names>',
    says: `the linear layers that it changes, separated by commas: ${loraTargets.join(', ')}`,
  },
  dropout: { type: share, default: 0, flag: '--lora-dropout <x>', says: "of the adapter's inputs" },
  stabilized: {
    type: flag,
    default: false,
    flag: '--lora-stabilized',
    says: 'rsLoRA: alpha ÷ √rank in place of alpha ÷ rank',
  },
  from: {
    type: text,
    optional: true,
    flag: '--lora-from <folder>',
    says: "the folder of an adapter in PEFT's layout that is trained further, with its ranks, scales and modules",
  },
})

/** Settings of measurements during a training. */
export const validationSettings = settings({
  every: {
    type: integer(1),
    default: null,
    otherwise: 'a twentieth of the steps, at most 500',
    flag: '--validate-every <n>',
    says: 'steps between validations',
  },
  sentences: {
    type: integer(0),
    default: 200,
    says: 'how many are translated for BLEU and chrF; the loss is over all',
  },
  watch: {
    type: listOf(text, 'a list of texts'),
    default: [],
    says: 'sentences of your own, whose translations are in the report beside those of unseen sentences, as they change',
  },
  beams: { type: integer(1), default: 1, says: 'hypotheses a sentence in validations; the finished model uses 4' },
})

/** Settings of the selection of pairs; the corpora have groups of their own. */
export const dataSettings = settings({
  heldOut: {
    type: integer(0),
    default: 1000,
    flag: '--held-out <n>',
    says: 'pairs held out for measuring where none are given, at most a tenth of all; others that share a sentence with one are left out; 0: nothing is measured',
  },
  unit: {
    type: oneOf(...trainedOn),
    optional: true,
    otherwise: 'sentences; with `from` what its folder says',
    says: "what each side of a pair is, which the model's folder says as `trainedOn`: for one of sentences every text is split into sentences before it is translated, for one of texts (paragraphs) only a long one",
  },
  filterPerplexity: {
    type: text,
    optional: true,
    flag: '--filter-perplexity <model>',
    says: 'a model that goes on with texts (a decoder alone): pairs are left out of training whose target has a perplexity above mostPerplexity by it',
  },
  mostPerplexity: {
    type: positiveNumber,
    default: 1000,
    flag: '--most-perplexity <x>',
    says: 'with filterPerplexity: the highest perplexity of a target that is trained on',
  },
  augment: {
    type: augmentation,
    optional: true,
    otherwise: 'pairs stay as they are; rough with a model of `from` that was trained so',
    flag: '--augment <recipe>',
    says: 'makes pairs rougher while the model learns from them, so that it translates text as people have it',
  },
})

/** Settings of pairs that are mixed in, beside those of their files. */
export const mixSettings = settings({
  share: {
    type: positiveUpTo(0.9),
    default: 0.5,
    says: 'the share of these pairs among all that are trained on',
  },
})

/** The languages of files that have one source and one target language. */
const languagesWithin = settings({
  sourceLanguage: {
    type: text,
    optional: true,
    otherwise: 'that of the file',
    says: 'language of the sources; where it is the language of the translations in the file, these are the sources',
  },
  targetLanguage: { type: text, optional: true, otherwise: 'that of the file', says: 'language of the targets' },
})

/** The files of sentence pairs, by their format. Every file may be gzip; all are UTF-8. */
export const corpusSettings = {
  tsv: settings({
    path: { type: text, says: 'a pair a line, its sides separated by TABs, no quoting' },
    sourceColumn: { type: integer(0), default: 0, says: 'column of the source, from 0' },
    targetColumn: { type: integer(0), default: 1, says: 'column of the target' },
  }),
  parallel: settings({
    source: { type: text, says: 'the sources, a line each' },
    target: { type: text, says: 'line n translates line n of the sources' },
  }),
  jsonl: settings({
    path: { type: text, says: 'a JSON object a line' },
    sourceKey: {
      type: text,
      optional: true,
      otherwise: 'source',
      says: 'key of the source; translation.fr goes into nested objects',
    },
    targetKey: { type: text, optional: true, otherwise: 'target', says: 'key of the target' },
  }),
  tmx: settings({
    path: { type: text, says: 'a translation memory in TMX 1.4' },
    sourceLanguage: { type: text, says: 'language of the sources in the file: fr, fra, French' },
    targetLanguage: { type: text, says: 'language of the targets' },
  }),
  xliff: settings({
    path: { type: text, says: 'XLIFF 1.2 or 2.x; units without a translation are passed over' },
    ...languagesWithin,
  }),
  po: settings({
    path: {
      type: text,
      says: 'a .po file of gettext; entries without a translation, or with a fuzzy one, are passed over',
    },
    ...languagesWithin,
  }),
  audio: settings({
    path: {
      type: text,
      says: 'the path of a sound file, a TAB and what is said, on each line; paths begin at the folder of this file',
    },
    language: {
      type: text,
      optional: true,
      flag: '--audio-language <language>',
      says: 'the language of all sounds; a model of English alone needs none',
    },
  }),
  text: settings({
    path: { type: text, says: 'plain text, from which a decoder alone learns to go on with texts' },
    unit: {
      type: oneOf(...textUnits),
      default: 'lines',
      flag: '--text-unit <unit>',
      says: 'what one text is: a line, or the lines up to an empty one (documents); a text of more tokens than the model reads is cut at white space',
    },
    separator: {
      type: text,
      optional: true,
      flag: '--separator <text>',
      says: 'the loss is over what stands after it in each text; without it over all tokens',
    },
  }),
}
