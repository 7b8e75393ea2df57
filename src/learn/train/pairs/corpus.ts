import { dirname, resolve } from 'node:path'
import { GlassformerError } from '../../../base/errors.ts'
import { counted, whole } from '../../../base/values/number-text.ts'
import { readLines } from '../../../formats/disk/lines.ts'
import { BilingualCorpus, type BilingualSpec } from './bilingual-corpus.ts'
import type { Corpus, CorpusReport, Pair } from './pair.ts'
import { TextCorpus, type TextSpec } from './text-corpus.ts'

export type { Corpus, CorpusReport, Pair } from './pair.ts'

/** The files of sentence pairs. Every file may be gzip; all are UTF-8. */
export type CorpusSpec =
  /** Each line is a pair, with its sides separated by TABs and without quoting. Columns count from 0; default: source 0, target 1. */
  | { format: 'tsv'; path: string; sourceColumn?: number; targetColumn?: number }
  /** There are two files: line n of one translates line n of the other. */
  | { format: 'parallel'; source: string; target: string }
  /** Each line is the path of a sound file, a TAB, and what is said in it. */
  | { format: 'audio'; path: string; language?: string }
  /** Each line is a JSON object. A key with dots goes into nested objects (`translation.fr`); default: `source` and `target`. */
  | { format: 'jsonl'; path: string; sourceKey?: string; targetKey?: string }
  /** Files of translators: TMX, XLIFF, .po. */
  | BilingualSpec
  /** Plain texts, for a model that goes on with texts. */
  | TextSpec

const REPORTED = 10

const TSV_ADVICE = 'put a TAB between a sentence and its translation'
const SOUND_ADVICE = 'put a TAB between the path of a sound and what is said in it'
const JSON_ADVICE = 'write {"source": …, "target": …}, or name other keys in a settings file: sourceKey, targetKey'

/**
 * Opens a corpus; nothing is read before the corpus is iterated. Iterating throws ERR_FILE for a file that is missing
 * or damaged; ERR_INPUT for lines that are not UTF-8, for parallel files of unequal length, and if no line holds a
 * pair.
 */
export function openCorpus(spec: CorpusSpec): Corpus {
  switch (spec.format) {
    case 'tsv':
      return new FileCorpus(spec.path, tsvReader(spec.sourceColumn ?? 0, spec.targetColumn ?? 1), TSV_ADVICE)
    case 'audio':
      return new FileCorpus(spec.path, soundReader(dirname(spec.path)), SOUND_ADVICE)
    case 'jsonl':
      return new FileCorpus(spec.path, jsonReader(spec.sourceKey ?? 'source', spec.targetKey ?? 'target'), JSON_ADVICE)
    case 'tmx':
    case 'xliff':
    case 'po':
      return new BilingualCorpus(spec)
    case 'text':
      return new TextCorpus(spec)
    case 'parallel':
      return new ParallelCorpus(spec.source, spec.target)
  }
}

const emptyReport = (): CorpusReport => ({ lines: 0, pairs: 0, malformed: 0, firstMalformed: [] })

/** Reads the pair of a line, or returns the reason why there is none. */
type LineReader = (line: string) => Pair | string

class FileCorpus implements Corpus {
  readonly #path: string
  readonly #read: LineReader
  readonly #advice: string
  report = emptyReport()

  /** `advice` describes how to write a file of pairs. */
  constructor(path: string, read: LineReader, advice: string) {
    this.#path = path
    this.#read = read
    this.#advice = advice
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Pair, void, undefined> {
    const report = emptyReport()
    this.report = report
    for await (const lines of readLines(this.#path))
      for (const line of lines) {
        report.lines++
        const pair = this.#read(line)
        if (typeof pair === 'string') {
          report.malformed++
          if (report.firstMalformed.length < REPORTED) report.firstMalformed.push({ line: report.lines, why: pair })
        } else {
          report.pairs++
          yield pair
        }
      }
    if (report.lines === 0) throw empty(this.#path)
    if (report.pairs === 0)
      throw new GlassformerError(
        'ERR_INPUT',
        `${this.#path} has no pair in ${counted(report.lines, 'line')}: line 1 ${report.firstMalformed[0].why}; ${this.#advice}`,
      )
  }
}

function tsvReader(sourceColumn: number, targetColumn: number): LineReader {
  const needed = Math.max(sourceColumn, targetColumn)
  return (line) => {
    const columns = line.split('\t', needed + 1)
    if (columns.length === 1) return 'has no TAB'
    if (columns.length <= needed) return `has ${columns.length} columns instead of ${needed + 1}`
    return { source: columns[sourceColumn], target: columns[targetColumn] }
  }
}

/** Paths of sounds begin at `folder`. */
function soundReader(folder: string): LineReader {
  const read = tsvReader(0, 1)
  return (line) => {
    const pair = read(line)
    return typeof pair === 'string' ? pair : { source: resolve(folder, pair.source), target: pair.target }
  }
}

function jsonReader(sourceKey: string, targetKey: string): LineReader {
  const sourcePath = sourceKey.split('.')
  const targetPath = targetKey.split('.')
  return (line) => {
    let found: unknown
    try {
      found = JSON.parse(line)
    } catch {
      return 'is not JSON'
    }
    const source = valueAt(found, sourcePath)
    const target = valueAt(found, targetPath)
    if (typeof source !== 'string') return `has no text at ${JSON.stringify(sourceKey)}`
    if (typeof target !== 'string') return `has no text at ${JSON.stringify(targetKey)}`
    if (HALF.test(source) || HALF.test(target)) return 'has half a character, as \\ud83d without its other half'
    return { source, target }
  }
}

/** A lone surrogate. JSON can express it and UTF-8 cannot: written to a file, all lone surrogates are the same. */
const HALF = /\p{Surrogate}/u

function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined
    found = (found as Record<string, unknown>)[key]
  }
  return found
}

class ParallelCorpus implements Corpus {
  readonly #source: string
  readonly #target: string
  report = emptyReport()

  constructor(source: string, target: string) {
    this.#source = source
    this.#target = target
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Pair, void, undefined> {
    const report = emptyReport()
    this.report = report
    const sources = readLines(this.#source)
    const targets = readLines(this.#target)
    try {
      let left: string[] = []
      let right: string[] = []
      for (;;) {
        if (left.length === 0) left = (await sources.next()).value ?? []
        if (right.length === 0) right = (await targets.next()).value ?? []
        const count = Math.min(left.length, right.length)
        if (count === 0) break
        for (let k = 0; k < count; k++) {
          report.lines++
          report.pairs++
          yield { source: left[k], target: right[k] }
        }
        left = left.slice(count)
        right = right.slice(count)
      }
      if (left.length > 0) throw unequal(this.#target, this.#source, report.lines)
      if (right.length > 0) throw unequal(this.#source, this.#target, report.lines)
      if (report.lines === 0) throw empty(this.#source)
    } finally {
      await sources.return()
      await targets.return()
    }
  }
}

const empty = (path: string) =>
  new GlassformerError('ERR_INPUT', `${path} is empty: give a file with a sentence on each line, and its translation`)

const unequal = (shorter: string, longer: string, lines: number) =>
  new GlassformerError(
    'ERR_INPUT',
    `${shorter} ends after line ${whole(lines)}, but ${longer} goes on: line n of one file must translate line n of the other`,
  )
