import type { Player, TensorArray } from '../../backend/interface/backend.ts'
import { promptName } from '../../model/layers/prompt.ts'
import type { PositionTable } from '../../model/position-table.ts'
import type { Weights } from '../../weights/weights.ts'
import { type AdapterMemory, NO_ADAPTER } from '../adapters/index.ts'
import { type Hypothesis, tokensOf } from '../hypotheses/hypothesis.ts'
import { targetRows } from '../memory/cache-type.ts'
import type { ListMemory } from '../memory/list-memory.ts'
import { Slab } from '../memory/slab.ts'
import type { SourceMemory } from '../memory/source-memory.ts'
import { TargetCache } from '../memory/target-cache.ts'
import { allowedAfter } from '../processors/times.ts'
import type { Candidates, Search } from '../search/search.ts'
import type { EncodedSentence } from './encoded-sentence.ts'
import { StepArrays } from './step-arrays.ts'

type Arrays = Readonly<Record<string, TensorArray>>

/**
 * The arrays of several owners in one record. The record is a new object only when an owner's record is, because a program looks through
 * each new record once.
 */
class JoinedArrays {
  #parts: readonly Arrays[] = []
  #all: Arrays = {}

  join(parts: readonly Arrays[]): Arrays {
    if (parts.some((part, i) => part !== this.#parts[i])) {
      this.#parts = parts
      this.#all = Object.assign({}, ...parts)
    }
    return this.#all
  }
}

/** The properties of a sentence that a step needs. */
export interface SteppingSentence
  extends Pick<EncodedSentence<unknown>, 'unread' | 'draft' | 'range' | 'rows'>,
    Partial<Pick<EncodedSentence<unknown>, 'rules' | 'chain' | 'list' | 'adapter'>> {
  search: Pick<Search, 'live' | 'width'>
}

/**
 * The bindings of a decoder step: the arrays that differ from step to step, and the caches. The next step reuses the
 * same objects.
 */
export class StepBinding {
  readonly #weights: Weights
  readonly #positions: PositionTable
  readonly #memory: SourceMemory
  readonly #lists: ListMemory | null
  readonly #adapters: AdapterMemory
  readonly #cache: TargetCache
  readonly #arrays: StepArrays
  readonly #bound = new JoinedArrays()
  readonly #candidates: Candidates = { perRow: 0, scores: new Float32Array(0), ids: new Int32Array(0) }
  /** Whether some row of the step has an adapter. */
  hasAdapters = false
  /** The number of rows of each symbol of the step's program. */
  readonly symbols: Record<string, number> = {}

  constructor(
    player: Player,
    weights: Weights,
    {
      positions,
      memory,
      lists,
      adapters,
    }: { positions: PositionTable; memory: SourceMemory; lists: ListMemory | null; adapters: AdapterMemory },
  ) {
    const { width, type, reach, compressed, ...seen } = targetRows(weights)
    this.#weights = weights
    const { dModel, decoder, prompt = 0 } = weights.config
    this.#arrays = new StepArrays({ ...seen, factor: compressed?.factor ?? null, prompt })
    this.#positions = positions
    this.#memory = memory
    this.#lists = lists
    this.#adapters = adapters
    const beside =
      compressed && new Slab('inputs', compressed.layers.length, dModel, 1, (length) => player.array('float32', length))
    this.#cache = new TargetCache(decoder.layers, width, (length) => player.array(type, length), {
      reach,
      beside,
      prompt,
    })
    if (prompt) this.#cache.slab.layers.forEach((layer, i) => layer.set(weights.get(promptName(i))))
  }

  /** The number of rows that the step computes. */
  get rows(): number {
    return this.#arrays.rows
  }

  /** All bindings of the step's program; a new object only if one of the arrays is new. */
  get arrays(): Readonly<Record<string, TensorArray>> {
    const parts = [this.#arrays.arrays, this.#memory.slab.arrays, this.#cache.slab.arrays, this.#positions.arrays]
    if (this.#lists) parts.push(this.#lists.arrays)
    if (this.#cache.beside) parts.push(this.#cache.beside.arrays)
    if (this.#arrays.compressed) parts.push(this.#arrays.compressed.arrays)
    parts.push(this.#adapters.arrays)
    return this.#bound.join(parts)
  }

  /** The results of the step. */
  get candidates(): Candidates {
    this.#candidates.scores = this.#arrays.scores
    this.#candidates.ids = this.#arrays.ids
    return this.#candidates
  }

  /**
   * Assigns slots and rows to every live hypothesis of these sentences, to the prompts that are still to be read, and
   * to the drafts. If the cache has no room for them, it is swept, and the pasts of all sentences in `underWay` are kept.
   */
  fill(sentences: readonly SteppingSentence[], underWay: Iterable<SteppingSentence>): void {
    const arrays = this.#arrays
    let perRow = 1
    let rows = 0
    let ancestors = 0
    for (const { search, unread, draft, rows: own } of sentences) {
      perRow = Math.max(perRow, search.width)
      rows += own
      for (const { position } of unread) ancestors += this.#reads(position)
      for (const { position } of search.live) ancestors += this.#reads(position)
      for (const { position } of draft) ancestors += this.#reads(position)
    }
    perRow = Math.min(perRow, this.#weights.config.targetVocabulary)
    if (!this.#cache.has(rows)) this.#cache.reserve(rows, pastsOf(underWay))
    arrays.begin({ rows, sentences: sentences.length, ancestors, candidates: rows * perRow })
    this.hasAdapters = false
    for (const { search, rules, chain, unread, draft, range, list, adapter = NO_ADAPTER } of sentences) {
      this.hasAdapters ||= adapter !== NO_ADAPTER
      const times = rules?.times
      const allow = (hypothesis: Hypothesis) => {
        if (times) arrays.allow(allowedAfter(times, tokensOf(hypothesis).ids), times.first - 1)
      }
      for (const hypothesis of unread) {
        allow(hypothesis)
        this.#addRow(hypothesis, adapter)
      }
      for (const hypothesis of [...search.live, ...draft]) {
        chain?.edit(hypothesis, arrays)
        rules?.terms?.edit(hypothesis, arrays)
        allow(hypothesis)
        this.#addRow(hypothesis, adapter)
      }
      arrays.endSentence(range, list ?? null)
    }
    this.#candidates.perRow = perRow
    this.#countSymbols()
  }

  #reads(position: number): number {
    return this.#cache.readsPaths ? this.#arrays.reads(position) : 0
  }

  #addRow(hypothesis: Hypothesis, adapter: number): void {
    hypothesis.slot = this.#cache.take(hypothesis.parent ? hypothesis.parent.slot : -1)
    this.#arrays.addRow(hypothesis, this.#cache, adapter)
  }

  #countSymbols(): void {
    const { symbols } = this
    this.#positions.atLeast(this.#arrays.longest)
    const { nowhere } = this.#positions
    const { padding } = this.#weights.config.ids
    if (nowhere !== null && padding !== null) this.#arrays.place(padding, nowhere)
    this.#arrays.count(symbols)
    symbols.M = this.#memory.slab.capacity
    symbols.K = this.#cache.slab.capacity
    symbols.N = this.#positions.rows
    Object.assign(symbols, this.#adapters.rows)
    if (this.#lists) symbols.L = this.#lists.slab.capacity
  }
}

/** The cache slots at which the pasts of all live hypotheses end. */
function* pastsOf(sentences: Iterable<SteppingSentence>): Iterable<number> {
  for (const { search, unread } of sentences)
    for (const { parent } of unread.length ? unread.slice(0, 1) : search.live) if (parent) yield parent.slot
}

/** Divides sentences into parts of at most `most` rows; a part always has at least one sentence. */
export function* partsOfRows<S extends { readonly rows: number }>(
  sentences: readonly S[],
  most: number,
): Iterable<S[]> {
  let part: S[] = []
  let rows = 0
  for (const sentence of sentences) {
    const own = sentence.rows
    if (part.length && rows + own > most) {
      yield part
      part = []
      rows = 0
    }
    part.push(sentence)
    rows += own
  }
  if (part.length) yield part
}
