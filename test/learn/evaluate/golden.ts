import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sharedFolder } from '../../shared-folder.ts'

const own = fileURLToPath(new URL('../../golden/sacrebleu/', import.meta.url))
const shared = sharedFolder === null ? null : `${sharedFolder}/golden/sacrebleu/`

/** All golden values of sacreBLEU if the shared folder exists, else the part in the repository. */
const folder = shared !== null && existsSync(shared) ? shared : own

const readJson = (name: string) => JSON.parse(readFileSync(folder + name, 'utf8'))

/** Options under the names of sacreBLEU's Python API. */
export type PythonOptions = Record<string, string | number | boolean>

export interface GoldenBleu {
  options: PythonOptions
  score: number
  precisions: number[]
  counts: number[]
  totals: number[]
  bp: number
  sys_len: number
  ref_len: number
  signature: string
  text: string
}

export interface GoldenChrf {
  options: PythonOptions
  score: number
  signature: string
  text: string
}

export interface GoldenSentences {
  options: PythonOptions
  scores: { line: number; score: number }[]
}

export interface GoldenCase {
  name: string
  about: string
  hypotheses: string[]
  /** One list for each reference number; null if a sentence has no more. */
  references: (string | null)[][]
  bleu: GoldenBleu[]
  chrf: GoldenChrf[]
  sentence_bleu: GoldenSentences[]
  sentence_chrf: GoldenSentences[]
}

export const cases: GoldenCase[] = readJson('cases.json').cases

export const tokenLines: ({ text: string } & Record<'13a' | 'intl' | 'char', string[]>)[] =
  readJson('tokens.json').lines

/** The references of each sentence. */
export const referencesOf = ({ hypotheses, references }: GoldenCase): string[][] =>
  hypotheses.map((_, i) => references.map((set) => set[i]).filter((text) => text !== null))

const ourNames: Record<string, string> = {
  smooth_method: 'smoothing',
  smooth_value: 'smoothingValue',
  max_ngram_order: 'maxOrder',
  effective_order: 'effectiveOrder',
  char_order: 'characterOrder',
  word_order: 'wordOrder',
  whitespace: 'whiteSpace',
  eps_smoothing: 'epsilonSmoothing',
}

/** The same options under our names. */
export const ourOptions = (options: PythonOptions): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [ourNames[name] ?? name, value]))

/** sacreBLEU's signature, computed by us. */
export const asOurs = (signature: string, version: string) =>
  signature.replace(/version:.*$/, `version:glassformer-${version}`)
