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

/** How a Translator works. */
export interface LoadOptions {
  /**
   * The backend that runs the model. Default 'auto' (or GLASSFORMER_BACKEND): native where it works, else WebAssembly, else JavaScript,
   * with one warning.
   */
  backend?: BackendChoice
  /**
   * How the model's matrices are held: 'int8' (a quarter of float32's memory and the fastest), 'bfloat16' (half of it), or 'float32'.
   * Default 'auto': as the folder stores them, float16 as float32. Unless the matrices are held in float32, keys and values are cached in
   * bfloat16.
   */
  precision?: Precision
  /**
   * Threads of one worker's kernels: more make one sentence faster, more workers make many sentences faster. Default 'auto': a worker that
   * is busy alone takes all cores (four of them at most), and several workers divide the cores. A number above the number of cores counts
   * as that number. Results do not depend on the number of threads.
   */
  threads?: Threads
  /**
   * The most worker threads, up to 64. Default: the number of cores divided by `threads`; with 'auto' the number of cores. Workers start
   * when there is work for them.
   */
  workers?: number
  /** The source tokens × beams that one worker has in flight at once; one sentence is always let in. Default 2048. */
  batchTokens?: number
  /**
   * The most texts (or pairs) that are accepted and not answered, those under way included. A call that would make them more is refused at
   * once with ERR_BUSY; when nothing else is open, a call of any size is accepted. Default: no limit.
   */
  queueTexts?: number
  /** The same in characters (or ids). Default: no limit. */
  queueCharacters?: number
  /**
   * The memory for translations, in bytes, that are given again where the same is asked for with the same options. The one that has not been
   * asked for the longest goes first. Default 0: none is kept.
   */
  cacheBytes?: number
}

/** Options of a translator, checked and complete. */
export type ResolvedLoadOptions = Required<Omit<LoadOptions, Limit>> & Pick<LoadOptions, Limit>
type Limit = 'queueTexts' | 'queueCharacters'

/** When texts are split into sentences: see TranslateOptions. */
export type Split = (typeof splits)[number]
export const splits = ['auto', 'long', 'always', 'never'] as const

/**
 * How texts are translated: the options of the search, whose defaults the model's folder gives (the embedded model: 4 beams), and the
 * following options.
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
   * What sources are. 'text', the default, or documents whose markup stays: 'html', 'xml', 'markdown', subtitles ('srt', 'vtt'), and strings of
   * programs ('json', 'po', 'xliff'). The translation of a document has the whole document as its text.
   */
  format?: Format
  /** Whether texts that have a translation beside them, in 'po' and 'xliff', get another one. Default false. */
  retranslate?: boolean
  /**
   * What comes out of a text as it is. True, the default, is what is unmistakable: URLs, e-mail addresses, placeholders (`{name}`, `${name}`,
   * `{{ name }}`), formats (`%s`, `%(name)d`), tags and entities of HTML and XML. A list of regular expressions and texts is that and what
   * they match. False is nothing but the spans of a marked text.
   */
  protect?: Protect
  /**
   * Whether what the model's vocabulary cannot say (emoji, other scripts) is copied to its place in the translation. Default true; with
   * false the model reads it as it can.
   */
  copyUnknown?: boolean
  /**
   * Whether a sentence in capitals, or a title in which words begin with capitals, is read in small letters, and its translation written as the
   * sentence is. Default true.
   */
  readCapitals?: boolean
  /**
   * How terms are translated: `{ 'clé USB': 'USB stick' }`, a Map, or a list of pairs. A term is found as words of its own, the longest first;
   * capitals count, but not at the beginning of a sentence. Its translation then stands in that of the sentence; `glossary` of the result
   * says what became of each. A sentence with terms is searched for with at least 4 beams.
   */
  glossary?: Glossary
  /**
   * The language of the sources, for a model of many languages: its code or name ('fr', 'fra', 'French'), or the code of the model's
   * vocabulary ('fra_Latn'). Default: what the folder says.
   */
  sourceLanguage?: string
  /** The language into which to translate, likewise. Default: what the folder says, or the text itself (`>>fra<<`). */
  targetLanguage?: string
  /** Whether to return the attention of each target token over the source too. Default false. */
  attention?: boolean
  /**
   * Whether to return which source tokens each target token is made of; for models with a head that was trained to align (`alignment` of
   * the configuration), as Marian's are. Default false.
   */
  alignment?: boolean
}

/** The settings of a translator. */
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

/** The settings of a translation beside those of its search. */
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
