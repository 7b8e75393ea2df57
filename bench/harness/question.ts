import type { Contender, Peer, PlayingContender } from './contender.ts'
import type { TimedRuns } from './interleave.ts'
import type { ModelMaker } from './models.ts'
import type { Row } from './row.ts'
import type { Scale } from './scale.ts'

/** The unit of a table's numbers; ratios are always of speed. */
export type Unit = 'GFLOP/s' | 'tokens/s' | 'ms'

/** All contenders and models that may be measured. */
export interface Field {
  models: readonly ModelMaker[]
  scale: Scale
  contenders: readonly PlayingContender[]
  /** Native with our own matrix products, where there is a BLAS to leave out. */
  withoutBlas: PlayingContender | null
  peers: readonly Peer[]
}

/** The names that --only takes, in the order of the tables. */
export const questionNames = [
  'gemm',
  'kernels',
  'softmax',
  'experts',
  'layer-norm',
  'attention',
  'encode',
  'step',
  'translate',
  'shortlist',
  'limit',
  'products',
  'ctranslate2',
  'hub',
  'int4',
  'transformers-js',
  'wasm',
  'marian',
  'bergamot',
  'slimt',
  'rough',
  'glossary',
  'drafts',
  'scaling',
  'scheduling',
  'serving',
  'start',
  'speech',
  'encoder',
] as const

/** One file of bench/questions/: the question, and the rows of its table. */
export interface Question {
  name: (typeof questionNames)[number]
  title: string
  unit: Unit
  /** The contenders with a column for the share of time in programs, because there is work around the programs. */
  sharesOf?: readonly string[]
  /** Its columns, in their order. */
  contenders(field: Field): readonly Contender[]
  /** Prepares one case after another; the memory of a case can be freed when the next one is requested. */
  cases(field: Field): Iterable<Case>
  /** Ratios that do not fit into columns: each group is a separate table after this one. */
  ratios?: readonly RatioGroup[]
  /** Facts about the peers of this table: versions, settings. */
  about?: readonly string[]
  /** Lines behind the table. */
  conclude?(rows: readonly Row[]): string[]
  /** Ends the processes of the question. */
  close?(): void
}

/** Which contenders are compared, and the title of these ratios. */
export interface RatioGroup {
  title: string
  pairs: readonly (readonly [of: string, against: string])[]
}

/** A question whose answer is not a time: it prints its own table, and yields the objects of the JSON. */
export interface Telling {
  name: (typeof questionNames)[number]
  tell(say: (text: string) => void): AsyncIterable<object>
}

/** A question that cannot be measured on this machine, and the reason. */
export interface Unanswerable {
  reason: string
}

/** The options for opening a question: folders outside the repository, and the amount of measurement. */
export interface Setting {
  scale: Scale
  /** Where bench/peers/install.sh has installed its peers. */
  peers?: string
  /** A folder with data/tatoeba-fr-en.train.tsv.gz and data/tatoeba-fr-en.test.tsv.gz. */
  shared: string
  /** Only rows whose label contains one of these are measured; undefined: all. */
  rows?: readonly string[]
  /** The model that 'rough' translates with. Default: the embedded model. */
  model?: string
}

/** Starts the peers of a question, where it has any. */
export type Opening = (setting: Setting) => Question | Promise<Question | Telling | Unanswerable>

/** A row of a table: the same work for all contenders. */
export interface Case {
  label: string
  model?: string
  batch?: number
  beam?: number
  /** The work of one run, in one of two units. */
  flops?: number
  tokens?: number
  /** In the order of the question's contenders. */
  sides: readonly Side[]
}

export interface Side {
  contender: Contender
  run: TimedRuns
  /** Called before the first run, where a peer has asynchronous preparations. */
  prepare?(): Promise<void>
  /** The share of the time spent in programs, where there is work around them. */
  shareOfPrograms?(): number
  dispose?(): void
}
