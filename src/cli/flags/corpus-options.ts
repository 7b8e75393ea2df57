import type { CorpusSpec } from '../../learn/train/data/corpus.ts'
import type { TextUnit } from '../../learn/train/data/text-corpus.ts'

/** The flags that name sentence pairs, as several commands have them. */
export interface CorpusOptions {
  source?: string
  target?: string
  tsv?: string
  jsonl?: string
  text?: string
  audio?: string
  audioLanguage?: string
  textUnit?: TextUnit
  separator?: string
}

export const corpusFlags = {
  tsv: ['--tsv <file>', 'sentence pairs: source, tab, target; this and all files may be packed by gzip'],
  source: ['--source <file>', 'sentences, one a line, whose translations are the lines of --target'],
  target: ['--target <file>', 'their translations'],
  jsonl: ['--jsonl <file>', 'sentence pairs: {"source": …, "target": …} on each line'],
  audio: [
    '--audio <file>',
    'sounds and what is said in them: a path, tab, text on each line, with --from a model that hears',
  ],
  text: ['--text <file>', 'plain text, from which a decoder alone learns to go on with texts'],
} as const

/** The usage error in the options, or null. */
export function wrongCorpus({ source, target, tsv, jsonl, text, audio }: CorpusOptions): string | null {
  if ((source === undefined) !== (target === undefined)) return 'give both --source and --target'
  const given = [
    source && '--source and --target',
    tsv && '--tsv',
    jsonl && '--jsonl',
    text && '--text',
    audio && '--audio',
  ].filter(Boolean)
  return given.length > 1 ? `give ${given.join(' or ')}: not both` : null
}

/** The corpus that the options name; undefined where they name none. */
export function corpusOf(options: CorpusOptions): CorpusSpec | undefined {
  const { source, target, tsv, jsonl, text } = options
  if (text !== undefined) return textSpec(text, options)
  if (options.audio !== undefined) return soundSpec(options.audio, options)
  if (source !== undefined) return { format: 'parallel', source, target: target! }
  if (tsv !== undefined) return { format: 'tsv', path: tsv }
  return jsonl === undefined ? undefined : { format: 'jsonl', path: jsonl }
}

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
