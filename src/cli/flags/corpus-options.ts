import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import type { CorpusSpec } from '../../learn/train/pairs/corpus.ts'
import type { MixSpec } from '../../learn/train/pairs/mixed-pairs.ts'
import type { TextUnit } from '../../learn/train/pairs/text-corpus.ts'

/** The languages of files that have texts in several. */
export interface LanguageOptions {
  sourceLanguage?: string
  targetLanguage?: string
}

/** The flags that name sentence pairs, as several commands have them. */
export interface CorpusOptions extends LanguageOptions {
  source?: string
  target?: string
  tsv?: string
  jsonl?: string
  tmx?: string
  xliff?: string
  po?: string
  text?: string
  audio?: string
  audioLanguage?: string
  textUnit?: TextUnit
  separator?: string
}

export const languageFlags = {
  sourceLanguage: [
    '--source-language <language>',
    'language of the sources in TMX, XLIFF or .po, which may be that of the translations (default: that of the model, where it says one)',
  ],
  targetLanguage: ['--target-language <language>', 'language of the targets there'],
} as const

/** The flags of sentence pairs. */
export const pairFlags = {
  tsv: ['--tsv <file>', 'sentence pairs: source, tab, target; this and all files may be packed by gzip'],
  source: ['--source <file>', 'sentences, one a line, whose translations are the lines of --target'],
  target: ['--target <file>', 'their translations'],
  jsonl: ['--jsonl <file>', 'sentence pairs: {"source": …, "target": …} on each line'],
  tmx: [
    '--tmx <file>',
    'a translation memory in TMX; --source-language and --target-language choose among its languages',
  ],
  xliff: ['--xliff <file>', 'XLIFF 1.2 or 2.x, the units that are translated'],
  po: ['--po <file>', 'a .po file of gettext, the entries that are translated'],
} as const

export const corpusFlags = {
  ...pairFlags,
  ...languageFlags,
  audio: [
    '--audio <file>',
    'sounds and what is said in them: a path, tab, text on each line, with --from a model that hears',
  ],
  text: ['--text <file>', 'plain text, from which a decoder alone learns to go on with texts'],
} as const

/** The usage error in the options, or null. */
export function wrongCorpus(options: CorpusOptions): string | null {
  const { source, target, tsv, jsonl, tmx, xliff, po, text, audio } = options
  if ((source === undefined) !== (target === undefined)) return 'give both --source and --target'
  const given = [
    source && '--source and --target',
    tsv && '--tsv',
    jsonl && '--jsonl',
    tmx && '--tmx',
    xliff && '--xliff',
    po && '--po',
    text && '--text',
    audio && '--audio',
  ].filter(Boolean)
  return given.length > 1 ? `give ${given.join(' or ')}: not both` : null
}

/** The corpus that the options name; undefined where they name none. */
export function corpusOf(options: CorpusOptions): CorpusSpec | undefined {
  const { source, target, tsv, jsonl, tmx, xliff, po, text } = options
  if (text !== undefined) return textSpec(text, options)
  if (options.audio !== undefined) return soundSpec(options.audio, options)
  if (source !== undefined) return { format: 'parallel', source, target: present(target) }
  if (tsv !== undefined) return { format: 'tsv', path: tsv }
  if (tmx !== undefined) return tmxSpec(tmx, options)
  if (xliff !== undefined) return { format: 'xliff', path: xliff, ...languagesOf(options) }
  if (po !== undefined) return { format: 'po', path: po, ...languagesOf(options) }
  return jsonl === undefined ? undefined : { format: 'jsonl', path: jsonl }
}

/** A file of pairs, whose name ends as its format: .tmx, .xlf, .xliff, .po or .jsonl, and otherwise TSV; .gz may follow. */
export function pairsNamed(path: string, languages: LanguageOptions): CorpusSpec {
  const [, ending] = /\.(tmx|xlf|xliff|po|jsonl)(?:\.gz)?$/i.exec(path) ?? []
  switch (ending?.toLowerCase()) {
    case 'tmx':
      return tmxSpec(path, languages)
    case 'xlf':
    case 'xliff':
      return { format: 'xliff', path, ...languagesOf(languages) }
    case 'po':
      return { format: 'po', path, ...languagesOf(languages) }
    case 'jsonl':
      return { format: 'jsonl', path }
    default:
      return { format: 'tsv', path }
  }
}

/** A file of pairs, and after a colon their share of all pairs that are trained on: general.tsv:0.5. */
export function mixNamed(text: string, languages: LanguageOptions): MixSpec {
  const { path, share } = withShare(text)
  return { ...pairsNamed(path, languages), ...(share !== undefined && { share }) } as MixSpec
}

/** general.tsv:0.5 → the path and the share; a path may have colons of its own. */
export function withShare(text: string): { path: string; share: number | undefined } {
  const [, path, share] = /^(.+):(\d*\.?\d+)$/s.exec(text) ?? []
  return path === undefined ? { path: text, share: undefined } : { path, share: Number(share) }
}

/** @throws GlassformerError ERR_OPTION without the languages, as TMX has texts in several */
function tmxSpec(path: string, { sourceLanguage, targetLanguage }: LanguageOptions): CorpusSpec {
  if (sourceLanguage === undefined || targetLanguage === undefined)
    throw new GlassformerError(
      'ERR_OPTION',
      `${path}: TMX has texts in several languages: give --source-language and --target-language`,
    )
  return { format: 'tmx', path, sourceLanguage, targetLanguage }
}

const languagesOf = ({ sourceLanguage, targetLanguage }: LanguageOptions): LanguageOptions => ({
  ...(sourceLanguage !== undefined && { sourceLanguage }),
  ...(targetLanguage !== undefined && { targetLanguage }),
})

/** A file of plain texts, divided as the options say. */
export const textSpec = (path: string, { textUnit, separator }: CorpusOptions): CorpusSpec => ({
  format: 'text',
  path,
  ...(textUnit !== undefined && { unit: textUnit }),
  ...(separator !== undefined && { separator }),
})

/** A file of sounds and what is said in them. */
export const soundSpec = (path: string, { audioLanguage }: CorpusOptions): CorpusSpec => ({
  format: 'audio',
  path,
  ...(audioLanguage !== undefined && { language: audioLanguage }),
})
