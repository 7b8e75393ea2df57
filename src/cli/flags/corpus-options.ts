import type { CorpusSpec } from '../../learn/train/data/corpus.ts'

/** The flags that name sentence pairs, as several commands have them. */
export interface CorpusOptions {
  source?: string
  target?: string
  tsv?: string
  jsonl?: string
}

export const corpusFlags = {
  tsv: ['--tsv <file>', 'sentence pairs: source, tab, target; this and all files may be packed by gzip'],
  source: ['--source <file>', 'sentences, one a line, whose translations are the lines of --target'],
  target: ['--target <file>', 'their translations'],
  jsonl: ['--jsonl <file>', 'sentence pairs: {"source": …, "target": …} on each line'],
} as const

/** The usage error in the options, or null. */
export function wrongCorpus({ source, target, tsv, jsonl }: CorpusOptions): string | null {
  if ((source === undefined) !== (target === undefined)) return 'give both --source and --target'
  const given = [source && '--source and --target', tsv && '--tsv', jsonl && '--jsonl'].filter(Boolean)
  return given.length > 1 ? `give ${given.join(' or ')}: not both` : null
}

/** The corpus that the options name; undefined where they name none. */
export function corpusOf({ source, target, tsv, jsonl }: CorpusOptions): CorpusSpec | undefined {
  if (source !== undefined) return { format: 'parallel', source, target: target! }
  if (tsv !== undefined) return { format: 'tsv', path: tsv }
  return jsonl === undefined ? undefined : { format: 'jsonl', path: jsonl }
}
