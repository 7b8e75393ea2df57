import { settings } from '../../base/schema/settings.ts'
import { either, flag, integer, oneOf, text } from '../../base/schema/types.ts'
import type { GenerationOptions } from '../../engine/decode/options.ts'
import { type BackendChoice, backendSetting } from '../../engine/program/chosen-backend.ts'
import { type Precision, precisions } from '../../engine/weights/precision.ts'
import { type Format, formats } from '../../language/markup/formats.ts'
import { type Protect, protectType } from '../../language/protect/protect-option.ts'
import { type Glossary, glossaryType } from './glossary-option.ts'
import { type SchedulingOptions, schedulingSettings } from './pool/scheduling.ts'
import type { Threads } from './pool/threads.ts'

export const MOST_WORKERS = 64
export const MOST_TOKENS = 1 << 20

/** Options of a Translator. */
export interface LoadOptions {
  /**
   * The backend that runs the model. Default 'auto' (or GLASSFORMER_BACKEND): native if it works, else WebAssembly,
   * else JavaScript, with one warning.
   */
  backend?: BackendChoice
  /**
   * Format of the model's matrices in memory: 'int8' (a quarter of float32's memory and the fastest), 'bfloat16' (half
   * of it), or 'float32'. Default 'auto': as the folder stores them, with float16 as float32. Unless the format is
   * float32, keys and values are cached in bfloat16.
   */
  precision?: Precision
  /**
   * Threads of one worker's kernels: more threads make one sentence faster, more workers make many sentences faster.
   * Default 'auto': a worker that is busy alone takes all cores (at most four), and several workers divide the cores. A
   * number above the number of cores counts as that number. Results do not depend on the number of threads.
   */
  threads?: Threads
  /**
   * The largest number of worker threads, up to 64. Default: the number of cores divided by `threads`; with 'auto' the
   * number of cores. Workers start when there is work for them.
   */
  workers?: number
  /** The source tokens × beams that one worker has in flight at once; one sentence always fits. Default 2048. */
  batchTokens?: number
  /**
   * The largest number of open texts (or pairs), that is, accepted and not answered. A call that would exceed it is
   * refused at once with ERR_BUSY; when nothing else is open, a call of any size is accepted. Default: no limit.
   */
  queueTexts?: number
  /** The largest number of open characters (or ids). Default: no limit. */
  queueCharacters?: number
  /**
   * Size in bytes of the cache of translations, which answers repeated texts with the same options. The least recently
   * used entry is dropped first. Default 0: no cache.
   */
  cacheBytes?: number
}

/** Checked and complete options of a translator. */
export type ResolvedLoadOptions = Required<Omit<LoadOptions, Limit>> & Pick<LoadOptions, Limit>
type Limit = 'queueTexts' | 'queueCharacters'

/** When texts are split into sentences; see TranslateOptions. */
export type Split = (typeof splits)[number]
export const splits = ['auto', 'long', 'always', 'never'] as const

/**
 * Options of a translation: the options of the search, whose defaults come from the model's folder (the embedded model:
 * 4 beams), and the following.
 */
export interface TranslateOptions extends Partial<GenerationOptions>, SchedulingOptions {
  /**
   * Which texts are split into sentences, so that each sentence is translated by itself. 'always' splits all texts, 'never' none, and
   * 'long' texts of more tokens than `model.splitTokens` (100). 'auto', the default, is 'always' for a model that was trained on sentences,
   * as its folder says (`model.trainedOn`; the embedded model was), and 'long' for other models. Line ends always split. Line ends and all
   * white space between sentences stay.
   */
  split?: Split
  /**
   * Format of the sources: 'text', the default, or documents whose markup is kept: 'html', 'xml', 'markdown', subtitles
   * ('srt', 'vtt'), and program strings ('json', 'po', 'xliff'). The `text` of a document's translation is the whole
   * document.
   */
  format?: Format
  /** Whether texts in 'po' and 'xliff' that already have a translation are translated again. Default false. */
  retranslate?: boolean
  /**
   * Parts of a text that are copied unchanged. True, the default, protects unmistakable units: URLs, e-mail addresses,
   * placeholders (`{name}`, `${name}`, `{{ name }}`), formats (`%s`, `%(name)d`), tags and entities of HTML and XML. A
   * list of regular expressions and texts protects their matches as well. False protects only the spans of a marked
   * text.
   */
  protect?: Protect
  /**
   * Whether characters that the model's vocabulary cannot represent (emoji, other scripts) are copied to their place in
   * the translation. Default true; with false the model reads them as unknown tokens.
   */
  copyUnknown?: boolean
  /**
   * Whether a sentence in capitals, or a title with capitalized words, is translated in lower case and then written in
   * the case of the source. Default true.
   */
  readCapitals?: boolean
  /**
   * Required translations of terms: `{ 'clé USB': 'USB stick' }`, a Map, or a list of pairs. A term matches whole
   * words, the longest term first; case matters, except at the beginning of a sentence. The translation of the sentence
   * then contains the term's translation; `glossary` of the result reports each term. A sentence with terms is searched
   * with at least 4 beams.
   */
  glossary?: Glossary
  /**
   * The language of the sources, for a multilingual model: its code or name ('fr', 'fra', 'French'), or the code of the
   * model's vocabulary ('fra_Latn'). Default: the folder's setting.
   */
  sourceLanguage?: string
  /**
   * The target language, in the same forms. Default: the folder's setting, or a code in the text itself (`>>fra<<`).
   */
  targetLanguage?: string
  /** Whether to return the attention of each target token over the source. Default false. */
  attention?: boolean
  /**
   * Whether to return the source tokens that each target token is aligned to; for models with a head that was trained
   * to align (`alignment` of the configuration), such as Marian's. Default false.
   */
  alignment?: boolean
}

/** The schema of a translator's settings. */
export const loadSettings = settings({
  backend: backendSetting,
  precision: {
    type: oneOf(...precisions),
    default: 'auto',
    otherwise: 'auto: as the folder stores it',
    flag: '--precision <name>',
    says: "how the model's matrices are held; below float32 keys and values are cached in bfloat16",
  },
  threads: {
    type: either(oneOf('auto'), integer(1)),
    default: 'auto',
    flag: '--threads <n>',
    says: "threads of one worker's kernels: auto gives all cores, at most four, to a worker that is busy alone, and divides them among several; above the number of cores it counts as that",
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
  queueTexts: {
    type: integer(1),
    optional: true,
    otherwise: 'no limit',
    says: 'the most texts that are accepted and not answered, those under way included; a call that would make them more is refused at once with ERR_BUSY, unless nothing else is open',
  },
  queueCharacters: {
    type: integer(1),
    optional: true,
    otherwise: 'no limit',
    says: 'the same in characters (or ids)',
  },
  cacheBytes: {
    type: integer(0),
    default: 0,
    says: 'memory for translations that are given again where the same is asked for with the same options; 0: none is kept',
  },
})

/** The schema of the settings of a translation, apart from those of its search. */
export const textSettings = settings({
  split: {
    type: oneOf(...splits),
    default: 'auto',
    flag: '--split <when>',
    says: "splits texts into sentences, which are translated one by one: always, never, long: those of more tokens than the model's `splitTokens`; auto: always for a model that was trained on sentences, as the embedded one, else long. Line ends always split; they and all white space between sentences stay",
  },
  format: {
    type: oneOf(...formats),
    default: 'text',
    flag: '--format <name>',
    says: 'what sources are: text, or documents whose markup stays: html, xml, markdown, srt, vtt, json, po, xliff',
  },
  retranslate: {
    type: flag,
    default: false,
    flag: '--retranslate',
    says: 'translates texts of .po and XLIFF again that have a translation',
  },
  protect: {
    type: protectType,
    default: true,
    otherwise: 'true: what is unmistakable',
    says: 'what comes out of a text as it is: true: URLs, e-mail addresses, placeholders such as `{name}`, formats such as `%s`, tags and entities; a list of regular expressions and texts: these too; false: nothing but the spans of a marked text',
  },
  copyUnknown: {
    type: flag,
    default: true,
    flag: '--no-copy-unknown',
    off: "leaves what the model's vocabulary cannot say to the model, instead of copying it to its place",
    says: "copies what the model's vocabulary cannot say, such as emoji and other scripts, to its place in the translation",
  },
  readCapitals: {
    type: flag,
    default: true,
    flag: '--no-read-capitals',
    off: 'reads sentences in capitals and titles as they are written',
    says: 'reads sentences in capitals and titles in small letters, and gives their translations these capitals',
  },
  glossary: {
    type: glossaryType,
    optional: true,
    otherwise: 'no terms',
    says: "how terms are translated: `{ 'clé USB': 'USB stick' }`; [how](text.md#glossary)",
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
  attention: { type: flag, default: false, says: 'gives the attention to the source with each translation' },
  alignment: {
    type: flag,
    default: false,
    says: 'gives the attention of the head that was trained to align words, for models that have one',
  },
})

export { schedulingSettings }
