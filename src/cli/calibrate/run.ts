import { join } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { lastOf, present } from '../../base/present.ts'
import { counted } from '../../base/values/number-text.ts'
import { CONFIDENCE_FILE, type ConfidenceModel } from '../../files/folders/layout/confidence-file.ts'
import { readFolder } from '../../files/folders/load.ts'
import { createTokenizer } from '../../files/folders/tokenizers/make-tokenizer.ts'
import { filesFor } from '../../files/folders/tokenizers/tokenizer-files.ts'
import { replaceText } from '../../formats/disk/replace-file.ts'
import type { Tokenizer } from '../../language/text/tokenizer/tokenizer.ts'
import {
  calibrationError,
  logisticRegression,
  type ReliabilityBin,
  reliability,
  type Said,
} from '../../learn/evaluate/calibration.ts'
import { type PoolTranslator, resolveLoadOptions } from '../../use/translate/calls/index.ts'
import { probabilityOf, type ScoredWord, scoredWords } from '../../use/translate/sentences/index.ts'
import type { ModelOptions } from '../flags/options.ts'
import { readTable, type TableRow } from '../lines/test-set.ts'
import { loadTextTranslator } from '../lines/text-translator.ts'

const SIZE = 320
const MARGIN = 48

/** The reliability curve as SVG: said probabilities to the right, true shares upwards; circles grow with the words. */
function reliabilityPicture(curve: readonly ReliabilityBin[], error: number): string {
  const x = (value: number) => (MARGIN + value * SIZE).toFixed(1)
  const y = (value: number) => (MARGIN + (1 - value) * SIZE).toFixed(1)
  const most = Math.max(...curve.map(({ count }) => count))
  const side = SIZE + 2 * MARGIN
  const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap((value) => [
    `<text x="${x(value)}" y="${y(0)}" dy="18" text-anchor="middle">${value}</text>`,
    `<text x="${x(0)}" y="${y(value)}" dx="-6" dy="4" text-anchor="end">${value}</text>`,
  ])
  const points = curve.map(({ said, happened }) => `${x(said)},${y(happened)}`).join(' ')
  const circles = curve.map(
    ({ said, happened, count }) =>
      `<circle cx="${x(said)}" cy="${y(happened)}" r="${(2 + 8 * Math.sqrt(count / most)).toFixed(1)}" fill="#2563eb" fill-opacity="0.5"><title>${count} words: said ${said.toFixed(3)}, true ${happened.toFixed(3)}</title></circle>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" width="${side}" height="${side}" font-family="sans-serif" font-size="11" role="img" aria-label="reliability of the confidence of words">
<rect width="${side}" height="${side}" fill="#fff"/>
<rect x="${x(0)}" y="${y(1)}" width="${SIZE}" height="${SIZE}" fill="none" stroke="#999"/>
<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="#999" stroke-dasharray="4 4"/>
${ticks.join('\n')}
<polyline points="${points}" fill="none" stroke="#2563eb"/>
${circles.join('\n')}
<text x="${side / 2}" y="20" text-anchor="middle" font-size="13">words that are right; calibration error ${error.toFixed(3)}</text>
<text x="${side / 2}" y="${side - 8}" text-anchor="middle">said</text>
<text x="14" y="${side / 2}" text-anchor="middle" transform="rotate(-90 14 ${side / 2})">true</text>
</svg>
`
}

/** A word of a translation, and whether a reference has it. */
interface JudgedWord extends ScoredWord {
  isRight: boolean
}

/** Sentences that are translated by one call. */
const AT_ONCE = 500

/** `glassformer calibrate`: learns the confidence of a model's words, and writes it into its folder. */
export async function calibrate(folder: string, command: CalibrateOptions): Promise<void> {
  const { pairs, test, picture, json, backend, precision } = command
  const rows = (await readTable(pairs)).lines
  const others = test === undefined ? null : (await readTable(test)).lines
  const translator = await loadTextTranslator(folder, resolveLoadOptions({ backend, precision }))
  try {
    const { tokenizer: contents, config } = readFolder(translator.model.path)
    const tokenizer = present(createTokenizer(filesFor(contents, translator.model.path, config)))
    const judge = (pairs: readonly TableRow[]) => judgedSentences(translator, tokenizer, pairs)
    const judged = await judge(rows)
    const learned = others ? judged.flat() : judged.filter((_, i) => i % 2 === 0).flat()
    const held = others ? await judge(others) : judged.filter((_, i) => i % 2 === 1)
    if (!learned.length || !held.flat().length)
      throw new GlassformerError('ERR_INPUT', `${pairs}: the translations have no words to learn from`)
    const model = learnedFrom(learned)
    const said = held
      .flat()
      .map(({ features, isRight }) => ({ probability: probabilityOf(model, features), isTrue: isRight }))
    const curve = reliability(said)
    const spoken = held.filter(({ length }) => length > 0)
    const sentences = calibrationError(reliability(spoken.map((sentence) => saidOf(model, sentence))))
    const measured = {
      words: said.length,
      error: calibrationError(curve),
      sentences: held.length,
      sentenceError: sentences,
    }
    const path = join(translator.model.path, CONFIDENCE_FILE)
    replaceText(path, `${JSON.stringify({ version: 1, ...model, measured }, null, 2)}\n`)
    if (picture !== undefined) replaceText(picture, reliabilityPicture(curve, measured.error))
    if (json) return console.log(JSON.stringify({ ...measured, curve }))
    console.log(tableOf(curve))
    console.log(`expected calibration error: ${measured.error.toFixed(4)} of ${counted(said.length, 'word')}`)
    console.log(`of sentences: ${sentences.toFixed(4)} of ${counted(held.length, 'sentence')}`)
    process.stderr.write(`glassformer: written: ${path}\n`)
  } finally {
    await translator.close()
  }
}

/** The words of the translations of some sentences, by sentences; sentences are translated as a whole. */
async function judgedSentences(
  translator: PoolTranslator,
  tokenizer: Pick<Tokenizer, 'decode'>,
  rows: readonly TableRow[],
): Promise<JudgedWord[][]> {
  const judged: JudgedWord[][] = []
  for (let begin = 0; begin < rows.length; begin += AT_ONCE) {
    const some = rows.slice(begin, begin + AT_ONCE)
    const translations = await translator.translate(
      some.map(({ source }) => source),
      { split: 'never', protect: false, numbers: false, copyUnknown: false, readCapitals: false },
    )
    translations.forEach(({ ids, tokenScores }, i) => {
      const words = scoredWords(ids, tokenScores, (some) => tokenizer.decode(some))
      judged.push(judgedBy(words, some[i].references))
    })
  }
  return judged
}

/** A word is right if one reference has it, as often as the translation has it. */
function judgedBy(words: readonly ScoredWord[], references: readonly string[]): JudgedWord[] {
  const counts = references.map((reference) => countsOf(reference.split(/\s+/).map(plain)))
  const used = new Map<string, number>()
  return words.map((word) => {
    const text = plain(word.text)
    const count = (used.get(text) ?? 0) + 1
    used.set(text, count)
    return { ...word, isRight: counts.some((each) => (each.get(text) ?? 0) >= count) }
  })
}

const plain = (word: string) => word.toLowerCase().replace(/^[\p{P}\p{S}]+|[\p{P}\p{S}]+$/gu, '')

function countsOf(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

function learnedFrom(words: readonly JudgedWord[]): ConfidenceModel {
  const columns = [0, 1, 2, 3].map((i) => words.map(({ features }) => features[i]))
  const means = columns.map((column) => column.reduce((a, b) => a + b, 0) / column.length)
  const stds = columns.map(
    (column, i) => Math.sqrt(column.reduce((sum, value) => sum + (value - means[i]) ** 2, 0) / column.length) || 1,
  )
  const rows = words.map(({ features }) => features.map((value, i) => (value - means[i]) / stds[i]))
  const weights = logisticRegression(
    rows,
    words.map(({ isRight }) => !isRight),
  )
  return { stds, means, coefficients: weights.slice(0, -1), intercept: lastOf(weights) }
}

/** The confidence in a sentence, which is the mean of its words, and the share of them that is right. */
function saidOf(model: ConfidenceModel, sentence: readonly JudgedWord[]): Said {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / sentence.length
  return {
    probability: mean(sentence.map(({ features }) => probabilityOf(model, features))),
    isTrue: mean(sentence.map(({ isRight }) => Number(isRight))),
  }
}

const tableOf = (curve: readonly ReliabilityBin[]) =>
  [
    '  said   true   words',
    ...curve.map(
      ({ said, happened, count }) =>
        `${said.toFixed(3).padStart(6)} ${happened.toFixed(3).padStart(6)} ${String(count).padStart(7)}`,
    ),
  ].join('\n')

/** The flags of `glassformer calibrate`. */
export interface CalibrateOptions extends Omit<ModelOptions, 'model'> {
  /** Pairs by which the model is calibrated, and others by which this is measured. */
  pairs: string
  test?: string
  picture?: string
  json?: true
}
