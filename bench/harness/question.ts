import type { Contender, Peer, PlayingContender } from './contender.ts'
import type { TimedRuns } from './interleave.ts'
import type { Row } from './measure.ts'
import type { ModelMaker } from './models.ts'

/** What the numbers of a table are; the ratios are of speed either way. */
export type Unit = 'GFLOP/s' | 'tokens/s' | 'ms'

/** Everybody who may be measured, and with what. */
export interface Field {
  models: readonly ModelMaker[]
  contenders: readonly PlayingContender[]
  /** Native with our own matrix products, where there is a BLAS to leave out. */
  withoutBlas: PlayingContender | null
  peers: readonly Peer[]
}

/** What --only takes, in the order of the tables. */
export const questionNames = [
  'gemm',
  'kernels',
  'softmax',
  'layer-norm',
  'attention',
  'encode',
  'step',
  'translate',
  'shortlist',
  'limit',
  'products',
  'ctranslate2',
  'transformers-js',
] as const

/** What --models takes, and what it is unless it is given. */
export const modelNames = ['fr-en', 'base', 'big'] as const
export type ModelName = (typeof modelNames)[number]
export const usualModels: readonly ModelName[] = ['fr-en', 'base']

/** One file of bench/questions/: what is asked, and the rows of its table. */
export interface Question {
  name: (typeof questionNames)[number]
  title: string
  unit: Unit
  /** Whose share of the time that is spent in programs has a column: there is something around them. */
  sharesOf?: readonly string[]
  /** Its columns, in their order. */
  contenders(field: Field): readonly Contender[]
  /** Prepares one case after the other; what a case holds can go when the next one is asked for. */
  cases(field: Field): Iterable<Case>
  /** Ratios that are too many for columns: each group is a table of its own behind this one. */
  ratios?: readonly RatioGroup[]
  /** What is to be known of the peers of this table alone: versions, settings. */
  about?: readonly string[]
  /** Lines behind the table. */
  conclude?(rows: readonly Row[]): string[]
  /** Ends what was started for it. */
  close?(): void
}

/** Who is set against whom, and what that tells. */
export interface RatioGroup {
  title: string
  pairs: readonly (readonly [of: string, against: string])[]
}

/** A question that cannot be asked on this machine, and why. */
export interface Unanswerable {
  reason: string
}

/** What lies outside the repository. */
export interface Folders {
  /** Where bench/peers/install.sh has installed its peers. */
  peers?: string
  /** With data/tatoeba-fr-en.train.tsv.gz and data/tatoeba-fr-en.test.tsv.gz. */
  shared: string
}

/** Starts what a question measures beside us, where there is something to start. */
export type Opening = (folders: Folders) => Question | Promise<Question | Unanswerable>

/** A row of a table: the same work for everybody. */
export interface Case {
  label: string
  model?: string
  batch?: number
  beam?: number
  /** The work of one run; one of the two. */
  flops?: number
  tokens?: number
  /** In the order of the question's contenders. */
  sides: readonly Side[]
}

export interface Side {
  contender: Contender
  run: TimedRuns
  /** Called before the first run, where a peer has something to prepare that it must wait for. */
  prepare?(): Promise<void>
  /** Which part of the time was spent in programs, where there is something around them. */
  shareOfPrograms?(): number
  dispose?(): void
}
