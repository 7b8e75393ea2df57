import { corpusBleu } from '../../learn/evaluate/bleu.ts'
import type { BleuTokenizer } from '../../learn/evaluate/bleu-tokenizers.ts'
import type { Lines, TableRow } from './test-set.ts'
import { type TranslateAllOptions, translateAll } from './translate-all.ts'

/** The BLEU score of a model's translations of a table of test sentences. */
export async function bleuOf({ lines }: Lines<TableRow>, options: BleuOfOptions): Promise<number> {
  const sources = lines.map(({ source }) => source)
  const { hypotheses, written } = await translateAll(sources, options)
  const references = lines.map(({ references }) => references.map(written))
  return corpusBleu(hypotheses, references, { tokenize: options.tokenize }).score
}

export interface BleuOfOptions extends TranslateAllOptions {
  tokenize?: BleuTokenizer
}

/**
 * Two scores by their names, and the difference of the printed scores: 'test.tsv: BLEU 56.47 before, 56.41 after:
 * -0.06'
 */
export function scoreLine(test: string, scores: Record<string, number>): string {
  const [before, after] = Object.values(scores).map((score) => Number(score.toFixed(2)))
  const named = Object.entries(scores).map(([name, score]) => `${score.toFixed(2)} ${name}`)
  return `${test}: BLEU ${named.join(', ')}: ${after < before ? '' : '+'}${(after - before).toFixed(2)}`
}
