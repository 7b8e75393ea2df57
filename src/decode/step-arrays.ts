import type { TensorArray } from '../backend/backend.ts'
import { edits as editKinds } from '../program/ops/candidates.ts'
import type { Hypothesis } from './hypothesis.ts'
import type { List } from './list-memory.ts'
import type { EditSink } from './processors.ts'
import type { Place } from './runs.ts'
import type { TargetCache } from './target-cache.ts'

/** The arrays that one decoding step binds, filled row by row and used again by the next step. */
export class StepArrays implements EditSink {
  rows = 0
  /** Tokens of the longest row, its own included. */
  longest = 0
  scores = new Float32Array(64)
  ids = new Int32Array(64)
  #tokens = new Int32Array(16)
  #positions = new Int32Array(16)
  #slots = new Int32Array(16)
  #pasts = new Int32Array(32)
  #ancestors = new Int32Array(256)
  #queries = new Int32Array(32)
  #sources = new Int32Array(32)
  #lists = new Int32Array(32)
  #edits = new Int32Array(48)
  #values = new Float32Array(16)
  #sentences = 0
  #ancestorCount = 0
  #editCount = 0
  #candidateCount = 0

  begin(): void {
    this.rows = this.#sentences = this.#ancestorCount = this.#editCount = this.longest = 0
  }

  /** One live hypothesis: its last token is the input, the path to its slot is the past. */
  addRow(hypothesis: Hypothesis, cache: TargetCache): void {
    const row = this.rows++
    const length = hypothesis.length + 1
    this.#tokens = roomFor(this.#tokens, row + 1)
    this.#positions = roomFor(this.#positions, row + 1)
    this.#slots = roomFor(this.#slots, row + 1)
    this.#pasts = roomFor(this.#pasts, 2 * row + 2)
    this.#tokens[row] = hypothesis.id
    this.#positions[row] = hypothesis.length
    this.#slots[row] = hypothesis.slot
    this.#pasts[2 * row] = this.#ancestorCount
    this.#ancestorCount += length
    this.#pasts[2 * row + 1] = this.#ancestorCount
    this.#ancestors = roomFor(this.#ancestors, this.#ancestorCount)
    cache.writePath(hypothesis.slot, this.#ancestors, this.#ancestorCount)
    this.longest = Math.max(this.longest, length)
  }

  /** The rows since the last sentence belong to the source at this place of the memory, and to its list if it has one. */
  endSentence({ begin, length }: Place, list: List | null): void {
    const at = 2 * this.#sentences++
    this.#queries = roomFor(this.#queries, at + 2)
    this.#sources = roomFor(this.#sources, at + 2)
    this.#queries[at] = at ? this.#queries[at - 1] : 0
    this.#queries[at + 1] = this.rows
    this.#sources[at] = begin
    this.#sources[at + 1] = begin + length
    if (!list) return
    this.#lists = roomFor(this.#lists, at + 2)
    this.#lists[at] = list.place.begin
    this.#lists[at + 1] = list.end
  }

  set(row: number, id: number, value: number): void {
    this.#edit(row, id, 'set', value)
  }

  penalise(row: number, id: number, value: number): void {
    this.#edit(row, id, 'penalise', value)
  }

  /** Makes room for `perRow` candidates of each row. */
  candidates(perRow: number): void {
    this.#candidateCount = this.rows * perRow
    this.scores = roomFor(this.scores, this.#candidateCount)
    this.ids = roomFor(this.ids, this.#candidateCount)
  }

  /** Puts down what the program binds, under its names. */
  bind(rows: Record<string, number>, arrays: Record<string, TensorArray>): void {
    rows.R = this.rows
    rows.A = this.#ancestorCount
    rows.B = this.#sentences
    rows.E = this.#editCount
    rows.C = this.#candidateCount
    arrays['target.tokens'] = this.#tokens
    arrays['target.positions'] = this.#positions
    arrays.slots = this.#slots
    arrays.ancestors = this.#ancestors
    arrays.pasts = this.#pasts
    arrays.queries = this.#queries
    arrays.sources = this.#sources
    arrays.lists = this.#lists
    arrays.edits = this.#edits
    arrays.values = this.#values
    arrays['candidate.scores'] = this.scores
    arrays['candidate.ids'] = this.ids
  }

  #edit(row: number, id: number, kind: (typeof editKinds)[number], value: number): void {
    const e = this.#editCount++
    this.#edits = roomFor(this.#edits, 3 * e + 3)
    this.#values = roomFor(this.#values, e + 1)
    this.#edits[3 * e] = row
    this.#edits[3 * e + 1] = id
    this.#edits[3 * e + 2] = editKinds.indexOf(kind)
    this.#values[e] = value
  }
}

/** The array itself where it is long enough, else a longer copy. */
function roomFor<A extends Int32Array | Float32Array>(array: A, length: number): A {
  if (array.length >= length) return array
  const longer = new (array.constructor as new (length: number) => A)(Math.max(length, 2 * array.length))
  longer.set(array as never)
  return longer
}
