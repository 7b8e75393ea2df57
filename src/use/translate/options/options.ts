import { type Given, settings, some } from '../../../base/schema/settings.ts'
import {
  either,
  flag,
  integer,
  listOf,
  numberFrom,
  oneOf,
  positiveInteger,
  type Type,
  text,
} from '../../../base/schema/types.ts'
import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import { backendSetting } from '../../../engine/program/chosen-backend.ts'
import { precisions } from '../../../engine/weights/precision.ts'
import type { TrainedOn } from '../../../files/folders/layout/loaded-model.ts'
import { type DocumentFormat, formats } from '../../../language/markup/document/formats.ts'
import type { RemoteMemory, TranslationMemory } from '../../../language/memory/index.ts'
import { protectType } from '../../../language/protect/protect-option.ts'
import { type SchedulingOptions, schedulingSettings } from '../../../workers/requests/scheduling.ts'
import type { DocumentReport } from '../translation/document-report.ts'
import { glossaryType } from './glossary-option.ts'

export const MOST_WORKERS = 64
export const MOST_TOKENS = 1_048_576

/** Options of a Translator. */
export interface LoadOptions extends Given<typeof loadSettings> {}

/** Checked and complete options of a translator. */
export type ResolvedLoadOptions = Required<Omit<LoadOptions, Unset | 'download'>> & Pick<LoadOptions, Unset>
/** Options that may stay without a value. */
type Unset = 'queueTexts' | 'queueCharacters' | 'tokenizer' | 'assistant' | 'adapter' | 'adapters'

/** When texts are split into sentences; see TranslateOptions. */
export type Split = (typeof splits)[number]
export const splits = ['auto', 'long', 'always', 'never', 'packed'] as const

/** Whether every text is split into sentences. */
export const splitsAlways = (split: Split, trainedOn: TrainedOn): boolean =>
  split === 'always' || split === 'packed' || (split === 'auto' && trainedOn === 'sentences')

/**
 * Options of a translation: the options of the search, whose defaults come from the model's folder (the embedded model:
 * 4 beams), and the following.
 */
export interface TranslateOptions extends Partial<GenerationOptions>, Given<typeof textSettings>, SchedulingOptions {}

/** Columns of a table; on the command line separated by commas. */
const columnsType: Type<readonly string[]> = {
  ...listOf(text, 'a list of columns'),
  parse: (given) => given.split(',').map((name) => name.trim()),
}

const memoryType: Type<TranslationMemory | RemoteMemory> = {
  expected: 'a TranslationMemory',
  accepts: (value): value is TranslationMemory | RemoteMemory =>
    typeof (value as RemoteMemory | null)?.plansOf === 'function' ||
    (typeof (value as TranslationMemory | null)?.find === 'function' &&
      typeof (value as TranslationMemory).similar === 'function'),
}

/** Options of a document's translation, and its format. */
export interface DocumentCall extends Omit<TranslateOptions, 'format'> {
  /** The format of the document. */
  format: DocumentFormat
  /** Is told at the end how many texts were translated, how many stay and why, and which sentences were cut. */
  report?: (report: DocumentReport) => void
}

/** Where adapters are: folders by the names that requests have for them, or a folder in which each has a folder of its name. */
export type GivenAdapters = string | Readonly<Record<string, string>>

const adaptersType: Type<GivenAdapters> = {
  expected: 'the folder of the folders of adapters, or an object of folders by name',
  accepts: (value): value is GivenAdapters =>
    typeof value === 'object' && value !== null
      ? Object.values(value).every((path) => typeof path === 'string')
      : typeof value === 'string',
  parse: (given) => given,
  json: { anyOf: [{ type: 'string' }, { type: 'object', additionalProperties: { type: 'string' } }] },
}

/** The schema of a translator's settings. */
export const loadSettings = settings({
  backend: backendSetting,
  precision: {
    type: oneOf(...precisions),
    default: 'auto',
    otherwise: 'auto: as the folder stores it, float16 as float32',
    flag: '--precision <name>',
    says: "format of the model's matrices in memory: int8 (a quarter of float32's memory, and the fastest in batches), int4 (the smallest, and the fastest for one sentence of a large model), bfloat16 (half of it) or float32; unless it is float32, keys and values are cached in bfloat16",
  },
  mapped: {
    type: oneOf('auto', 'always', 'never'),
    default: 'auto',
    flag: '--mapped <when>',
    says: "whether processes share the model's packed weights: they are written once into the cache, [~/.cache/glassformer](performance.md#shared-weights), and mapped from there. auto: where they take 64 MiB or more",
  },
  tokenizer: {
    type: text,
    optional: true,
    otherwise: "what lies in the model's folder",
    flag: '--tokenizer <path>',
    says: 'the tokenizer of a CTranslate2 folder: a tokenizer.json, a SentencePiece model, the codes of subword-nmt, or a folder with such files',
  },
  threads: {
    type: either(oneOf('auto'), integer(1)),
    default: 'auto',
    flag: '--threads <n>',
    says: "threads of one worker's kernels: more threads make one sentence faster, more workers make many sentences faster. auto: a worker that is busy alone takes all cores (at most four), and several workers divide the cores. A number above the number of cores counts as that number. Results do not depend on it",
  },
  workers: {
    type: integer(1),
    optional: true,
    otherwise: 'the cores over threads; with auto the cores',
    flag: '--workers <n>',
    says: `the most workers, which translate side by side; they start when there is work for them; above ${MOST_WORKERS} it counts as that`,
  },
  batchTokens: {
    type: integer(1),
    default: 2048,
    flag: '--batch-tokens <n>',
    says: `source tokens × beams that a worker has in flight, at least one sentence; above ${MOST_TOKENS} it counts as that`,
  },
  assistant: {
    type: text,
    optional: true,
    otherwise: 'none',
    flag: '--assistant <model>',
    says: 'a model that drafts what this one writes, for less time and the same results ([drafts](performance.md#drafts)): the folder of a smaller one with the same vocabulary, or int8, int4 or bfloat16 for this model itself in that precision; each worker loads its own',
  },
  adapter: {
    type: text,
    optional: true,
    otherwise: 'none',
    flag: '--merge-adapter <folder>',
    says: 'the folder of a low-rank adapter (LoRA, in the layout of PEFT) that is merged into the model when it is loaded; [adapters](api.md#adapters)',
  },
  adapters: {
    type: adaptersType,
    optional: true,
    otherwise: 'none',
    flag: '--adapters <folder>',
    says: 'low-rank adapters that requests choose by name: a folder that holds a folder for each, or in code an object of folders by name; they can be added, swapped and removed while the model is loaded',
  },
  download: {
    type: flag,
    default: false,
    flag: '--yes',
    says: 'downloads the model where its name is not on this machine yet: firefox/fr-en, argos/fr-en, opus-mt/fr-en, or a name of the Hugging Face hub',
  },
  queueTexts: {
    type: integer(1),
    optional: true,
    otherwise: 'no limit',
    says: 'the largest number of open texts (or pairs), that is, accepted and not answered; a call that would exceed it is refused at once with ERR_BUSY, unless its `client` has less than its share of the places; when nothing else is open, a call of any size is accepted',
  },
  queueCharacters: {
    type: integer(1),
    optional: true,
    otherwise: 'no limit',
    says: 'the largest number of open characters (or ids)',
  },
  cacheBytes: {
    type: integer(0),
    default: 0,
    says: 'size in bytes of the cache of translations, which answers repeated texts with the same options; the least recently used entry is dropped first; 0: no cache',
  },
})

/** The schema of the settings of a translation, apart from those of its search. */
export const textSettings = settings({
  split: {
    type: oneOf(...splits),
    default: 'auto',
    flag: '--split <when>',
    says: "which texts are split into sentences, so that each sentence is translated by itself: always, never, long: texts of more tokens than the model's `splitTokens`; auto: always for a model that was trained on sentences, as the embedded one, else long; packed: sentences are also read together, `packTokens` tokens at once, where that is likelier; [when it helps](text.md#context). Line ends always split; they and all white space between sentences stay",
  },
  packTokens: {
    type: positiveInteger,
    optional: true,
    otherwise: "the model's `splitTokens`",
    flag: '--pack-tokens <n>',
    says: 'the most tokens that `split: packed` reads at once, and the most of a context; at most half of what the model can read',
  },
  context: {
    type: text,
    default: '',
    otherwise: 'none',
    flag: '--context <text>',
    says: 'a text in the source language, before the sources, that is not translated; it chooses between translations of a sentence, for a model that was trained on texts; [how](text.md#context)',
  },
  format: {
    type: oneOf(...formats),
    default: 'text',
    flag: '--format <name>',
    says: 'format of the sources: text, or documents whose markup is kept: html, xml, markdown, srt, vtt, json, po, xliff, yaml, properties, strings, csv, tsv. `translateDocument` also takes docx, pptx, xlsx, odt, odp, ods, epub; [what is translated](documents.md)',
  },
  retranslate: {
    type: flag,
    default: false,
    flag: '--retranslate',
    says: 'translates texts in .po and XLIFF again that already have a translation',
  },
  columns: {
    type: columnsType,
    default: [],
    otherwise: 'none: a table needs them',
    flag: '--columns <names>',
    says: 'columns of a table (csv, tsv) whose cells are translated: heads of its first row, or numbers from 1 on',
  },
  attributes: {
    type: flag,
    default: true,
    flag: '--no-attributes',
    off: 'leaves the attributes of HTML as they are: `alt`, `title`, `placeholder`, `aria-label`, descriptions of pages',
    says: 'translates the attributes of HTML and of books that readers see or hear: `alt`, `title`, `placeholder`, `aria-label`, descriptions of pages',
  },
  properties: {
    type: flag,
    default: false,
    flag: '--properties',
    says: 'translates the properties of an office document or a book too: its title, subject, description and keywords',
  },
  direction: {
    type: oneOf('auto', 'ltr', 'rtl'),
    default: 'auto',
    flag: '--direction <name>',
    says: "direction of the paragraphs of a translated office document or book: ltr leaves it as it is, rtl sets it from right to left; auto: by the target language, or by the model's name",
  },
  protect: {
    type: protectType,
    default: true,
    otherwise: 'true: what is unmistakable',
    says: 'parts of a text that are copied unchanged: true: URLs, e-mail addresses, placeholders such as `{name}`, formats such as `%s`, tags and entities; a list of regular expressions and texts: their matches as well; false: only the spans of a marked text',
  },
  copyUnknown: {
    type: flag,
    default: true,
    flag: '--no-copy-unknown',
    off: "leaves what the model's vocabulary cannot say to the model, instead of copying it to its place",
    says: "copies characters that the model's vocabulary cannot represent, such as emoji and other scripts, to their place in the translation",
  },
  numbers: {
    type: flag,
    default: true,
    flag: '--no-numbers',
    off: 'takes the numbers of a translation as the model writes them',
    says: 'checks that a translation has the numbers of its source, and searches for another one where it has not; [which numbers](text.md#numbers)',
  },
  readCapitals: {
    type: flag,
    default: true,
    flag: '--no-read-capitals',
    off: 'reads sentences in capitals and titles as they are written',
    says: 'translates a sentence in capitals, or a title, in lower case, and writes the translation in the case of the source',
  },
  glossary: {
    type: glossaryType,
    optional: true,
    otherwise: 'no terms',
    says: "required translations of terms: `{ 'clé USB': 'USB stick' }`; [how](text.md#glossary)",
  },
  memory: {
    type: memoryType,
    optional: true,
    otherwise: 'none',
    says: 'a `TranslationMemory`, which is asked first: a text or sentence that it has is not translated; [how](text.md#translation-memory)',
  },
  memoryThreshold: {
    type: numberFrom(0.5, 1),
    default: 0.75,
    flag: '--memory-threshold <part>',
    says: 'how much a unit of the memory must be like a text to be suggested with its translation; 1: none is',
  },
  memoryUse: {
    type: oneOf('suggest', 'begin'),
    default: 'suggest',
    flag: '--memory-use <how>',
    says: 'what a unit is for that is like a text or a sentence: suggest: it is given with the translation; begin: the translation also begins as that of the best unit does, as far as both texts begin alike',
  },
  adapter: {
    type: text,
    optional: true,
    otherwise: 'none: the model as it is',
    flag: '--adapter <name>',
    says: 'the name of the adapter that is added to the model for these texts, one of `adapters` of loading; requests of several adapters share a batch',
  },
  sourceLanguage: {
    type: text,
    optional: true,
    otherwise: 'what the folder says',
    flag: '--from <language>',
    says: "the language of the texts, as people write it: fr, fra, French, or the model's own code",
  },
  targetLanguage: {
    type: text,
    optional: true,
    otherwise: 'what the folder says',
    flag: '--to <language>',
    says: 'the language of the translations, as people write it or by its code',
  },
  confidence: {
    type: flag,
    default: false,
    flag: '--confidence',
    says: 'gives with each translation (on the command line with --json), and with each of its words, how probably it is right; [how](text.md#confidence)',
  },
  minConfidence: {
    type: numberFrom(0, 1),
    default: 0,
    flag: '--min-confidence <part>',
    says: 'a sentence whose translation has a lower confidence stays untranslated; 0: none does',
  },
  attention: { type: flag, default: false, says: 'gives the attention to the source with each translation' },
  alignment: {
    type: flag,
    default: false,
    says: 'gives the attention of the head that was trained to align words, for models that have one',
  },
})

/** The options of `encode` and `score`. */
export interface ModelRunOptions extends Given<typeof runSettings> {}

/** The schema of these options. */
export const runSettings = settings({ ...schedulingSettings, ...some(textSettings, 'adapter') })

export { schedulingSettings }
