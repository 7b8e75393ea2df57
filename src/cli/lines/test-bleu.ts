import { corpusBleu } from '../../learn/evaluate/bleu.ts'
import type { BleuTokenizer } from '../../learn/evaluate/bleu-tokenizers.ts'
import { corpusChrf } from '../../learn/evaluate/chrf.ts'
import type { Lines, TableRow } from './test-set.ts'
import { type TranslateAllOptions, translateAll } from './translate-all.ts'

/** The scores of a model's translations of a table of test sentences. */
export interface Scores {
  bleu: number
  chrf: number
}

/** The BLEU score of a model's translations of a table of test sentences. */
export async function bleuOf(table: Lines<TableRow>, options: BleuOfOptions): Promise<number> {
  const { hypotheses, references } = await translated(table, options)
  return corpusBleu(hypotheses, references, { tokenize: options.tokenize }).score
}

/** BLEU and chrF of a model's translations of a table of test sentences. */
export async function scoresOf(table: Lines<TableRow>, options: BleuOfOptions): Promise<Scores> {
  const { hypotheses, references } = await translated(table, options)
  return {
    bleu: corpusBleu(hypotheses, references, { tokenize: options.tokenize }).score,
    chrf: corpusChrf(hypotheses, references).score,
  }
}

async function translated({ lines }: Lines<TableRow>, options: TranslateAllOptions) {
  const { hypotheses, written } = await translateAll(
    lines.map(({ source }) => source),
    options,
  )
  return { hypotheses, references: lines.map(({ references }) => references.map(written)) }
}

export interface BleuOfOptions extends TranslateAllOptions {
  tokenize?: BleuTokenizer
}

/**
 * Two scores by their names, and the difference of the printed scores: 'BLEU 56.47 before, 56.41 after:
 * -0.06'
 */
export function scoreText(what: string, scores: Record<string, number>): string {
  const [before, after] = Object.values(scores).map((score) => Number(score.toFixed(2)))
  const named = Object.entries(scores).map(([name, score]) => `${score.toFixed(2)} ${name}`)
  return `${what} ${named.join(', ')}: ${after < before ? '' : '+'}${(after - before).toFixed(2)}`
}
