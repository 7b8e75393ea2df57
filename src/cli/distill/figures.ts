import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sizeText } from '../../base/values/number-text.ts'
import { modelFolder } from '../../files/folders/layout/model-folder.ts'
import { corpusBleu } from '../../learn/evaluate/bleu.ts'
import { corpusChrf } from '../../learn/evaluate/chrf.ts'
import type { Lines, TableRow } from '../lines/test-set.ts'
import { type TranslateAllOptions, translateAll } from '../lines/translate-all.ts'

/** The scores and the speed of a model on the sentences to measure with. */
export interface Figures {
  /** 'teacher, 4 beams' */
  name: string
  bleu: number
  chrf: number
  sentencesPerSecond: number
  /** The size of all files of its folder. */
  bytes: number
}

/** A model, and how it translates. */
export interface Measured extends TranslateAllOptions {
  name: string
  model: string
}

/** Measures models one after the other on the same sentences. */
export async function figuresOf({ lines }: Lines<TableRow>, models: readonly Measured[]): Promise<Figures[]> {
  const figures: Figures[] = []
  const sources = lines.map(({ source }) => source)
  for (const { name, ...options } of models) {
    const { hypotheses, written, speed } = await translateAll(sources, options)
    const references = lines.map(({ references }) => references.map(written))
    figures.push({
      name,
      bleu: corpusBleu(hypotheses, references).score,
      chrf: corpusChrf(hypotheses, references).score,
      sentencesPerSecond: speed.sentencesPerSecond,
      bytes: bytesOf(modelFolder(options.model)),
    })
  }
  return figures
}

const bytesOf = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .reduce((sum, { name }) => sum + statSync(join(folder, name)).size, 0)

/** The figures as a table, whose last column compares speeds with the first row's. */
export function figuresTable(figures: readonly Figures[]): string {
  const [{ sentencesPerSecond: first }] = figures
  const rows = [
    ['', 'BLEU', 'chrF', 'sentences/s', '', 'size'],
    ...figures.map(({ name, bleu, chrf, sentencesPerSecond: speed, bytes }) => [
      name,
      bleu.toFixed(2),
      chrf.toFixed(2),
      speed.toFixed(speed < 100 ? 1 : 0),
      `${(speed / first).toFixed(1)}×`,
      sizeText(bytes),
    ]),
  ]
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const padded = (row: readonly string[]) =>
    row.map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[0]))).join('  ')
  return rows.map(padded).join('\n')
}
