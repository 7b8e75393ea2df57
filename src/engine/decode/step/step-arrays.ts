import type { TensorArray } from '../../backend/interface/backend.ts'
import type { ImageSettings } from '../../model/config/image-settings.ts'
import { promptSpans } from '../../model/layers/prompt.ts'
import { blockOf, type ImageBlock } from '../../model/local/image-blocks.ts'
import { edits as editKinds } from '../../program/ops/candidates.ts'
import type { Hypothesis } from '../hypotheses/hypothesis.ts'
import type { TargetRows } from '../memory/cache-type.ts'
import type { List } from '../memory/list-memory.ts'
import type { RowRange } from '../memory/row-allocator.ts'
import type { TargetCache } from '../memory/target-cache.ts'
import type { RowEdits } from '../processors/processor.ts'
import type { Allowed } from '../processors/times.ts'
import { CompressedPasts } from './compressed-pasts.ts'

/** The past of rows that look back at near tokens of an image: those of the flange of their block, and of the block up to themselves. */
class ImagePasts {
  readonly #settings: ImageSettings
  /** The block of each token, as far as it has been asked for. */
  readonly #blocks: ImageBlock[] = []

  constructor(settings: ImageSettings) {
    this.#settings = settings
  }

  /** The number of slots that the row at a position reads. */
  reads(position: number): number {
    const { first, flange } = this.#block(position)
    return flange.length + position - first + 1
  }

  /** Writes the slots that this row reads of its path, path[0 … position]. */
  write(path: Int32Array, position: number, into: Int32Array): void {
    const { first, flange } = this.#block(position)
    flange.forEach((token, i) => {
      into[i] = path[token]
    })
    into.set(path.subarray(first, position + 1), flange.length)
  }

  #block(position: number): ImageBlock {
    const known = this.#blocks[position]
    if (known) return known
    const block = blockOf(this.#settings, position)
    for (let token = block.first; token < block.last; token++) this.#blocks[token] = block
    return block
  }
}

/** Sizes of one step, except for the number of edits, which is not known beforehand. */
export interface StepSize {
  rows: number
  sentences: number
  /** The number of slots in all pasts. */
  ancestors: number
  candidates: number
}

/** The part of its past that a row looks back at. */
interface SeenPast extends Pick<TargetRows, 'furthest' | 'image'> {
  factor: number | null
  /** Learned keys with which every past begins. */
  prompt: number
}

/**
 * The arrays that one decoding step binds, filled row by row and reused by the next step. Edits belong to the row that
 * is added next.
 */
export class StepArrays implements RowEdits {
  rows = 0
  /** The number of tokens of the longest row, including the present token. */
  longest = 0
  /** All arrays by the names of their bindings; a new object if one of the arrays is new. */
  arrays: Readonly<Record<string, TensorArray>> = {}
  /** The arrays that the step binds for compressed memory; null where no layer has it. */
  readonly compressed: CompressedPasts | null
  readonly #furthest: number
  readonly #image: ImagePasts | null
  readonly #prompt: number
  #path = new Int32Array(0)
  #room: StepSize = { rows: 0, sentences: 0, ancestors: 0, candidates: 0 }
  scores = new Float32Array(0)
  ids = new Int32Array(0)
  #tokens = new Int32Array(0)
  #positions = new Int32Array(0)
  #slots = new Int32Array(0)
  #parents = new Int32Array(0)
  #lengths = new Int32Array(0)
  #adapters = new Int32Array(0)
  #pasts = new Int32Array(0)
  #ancestors = new Int32Array(0)
  #queries = new Int32Array(0)
  #sources = new Int32Array(0)
  #lists = new Int32Array(0)
  #ranges = new Int32Array(0)
  #edits = new Int32Array(48)
  #values = new Float32Array(16)
  #sentences = 0
  #ancestorCount = 0
  #editCount = 0
  #candidateCount = 0

  /**
   * A row looks back at the last `furthest` tokens of its past, its own included, or at those that are near in an image; and at compressed memory of
   * `factor` tokens a row, if it is given. In front of all tokens are the learned keys of a `prompt`.
   */
  constructor(
    { furthest, image, factor, prompt }: SeenPast = { furthest: Infinity, image: null, factor: null, prompt: 0 },
  ) {
    this.#furthest = furthest
    this.#prompt = prompt
    this.#image = image && new ImagePasts(image)
    this.compressed = factor === null ? null : new CompressedPasts(factor)
    this.#allocate({ rows: 16, sentences: 16, ancestors: 256, candidates: 64 })
  }

  /** Begins a step of this size. */
  begin(size: StepSize): void {
    const { rows, sentences, ancestors, candidates } = this.#room
    if (size.rows > rows || size.sentences > sentences || size.ancestors > ancestors || size.candidates > candidates)
      this.#allocate(size)
    this.rows = this.#sentences = this.#ancestorCount = this.#editCount = this.longest = 0
    this.#candidateCount = size.candidates
    this.compressed?.begin()
  }

  /** The number of slots of its past that a row at a position reads. */
  reads(position: number): number {
    return this.#image?.reads(position) ?? Math.min(position + 1, this.#furthest) + this.#prompt
  }

  /**
   * Adds a live hypothesis. Its last token is the input; its past is the path to its slot, or the slot before its own.
   * `adapter` is its row of `AdapterMemory`.
   */
  addRow({ id, slot, position, parent }: Hypothesis, cache: TargetCache, adapter: number): void {
    const row = this.rows++
    this.#tokens[row] = id
    this.#positions[row] = position
    this.#slots[row] = slot
    this.#parents[row] = parent ? parent.slot : -1
    this.#lengths[row] = position + 1
    this.#adapters[row] = adapter
    this.#pasts[2 * row] = this.#ancestorCount
    if (cache.readsPaths) this.#addPast(slot, position, cache)
    this.#pasts[2 * row + 1] = this.#ancestorCount
    if (this.compressed) this.compressed.addRow(this.#pathTo(slot, position, cache), position)
    this.longest = Math.max(this.longest, position + 1)
  }

  #addPast(slot: number, position: number, cache: TargetCache): void {
    const begin = this.#ancestorCount
    const count = this.reads(position)
    this.#ancestorCount += count
    if (this.#image) this.#image.write(this.#pathTo(slot, position, cache), position, this.#ancestors.subarray(begin))
    else cache.writePath(slot, this.#ancestors, this.#ancestorCount, count)
  }

  /** The slots from position 0 to this one. */
  #pathTo(slot: number, position: number, cache: TargetCache): Int32Array {
    if (this.#path.length <= position) this.#path = new Int32Array(2 * position + 16)
    cache.writePath(slot, this.#path, position + 1)
    return this.#path
  }

  /** Says which ids may follow the row that is added next: text [text, endOfText), and times [from, to). */
  allow({ text, from, to }: Allowed, endOfText: number): void {
    this.#ranges.set([Math.min(text, endOfText), endOfText, from, to], 4 * this.rows)
  }

  /** Moves the rows of this token, if there are any, to another position. */
  place(token: number, position: number): void {
    for (let row = 0; row < this.rows; row++) if (this.#tokens[row] === token) this.#positions[row] = position
  }

  /**
   * Ends a sentence: the rows added since the previous end belong to the source at this range of the memory, and to its
   * shortlist if there is one.
   */
  endSentence({ begin, length }: RowRange, list: List | null): void {
    const at = 2 * this.#sentences++
    this.#queries[at] = at ? this.#queries[at - 1] : 0
    this.#queries[at + 1] = this.rows
    this.#sources[at] = begin
    this.#sources[at + 1] = begin + length
    if (!list) return
    this.#lists[at] = list.range.begin
    this.#lists[at + 1] = list.end
  }

  set(id: number, value: number): void {
    this.#edit(id, SET, value)
  }

  penalize(id: number, value: number): void {
    this.#edit(id, PENALIZE, value)
  }

  add(id: number, value: number): void {
    this.#edit(id, ADD, value)
  }

  raise(id: number, value: number): void {
    this.#edit(id, RAISE, value)
  }

  /** Writes the number of rows of each symbol of the program into `rows`. */
  count(rows: Record<string, number>): void {
    rows.R = this.rows
    rows.A = this.#ancestorCount
    rows.B = this.#sentences
    rows.E = this.#editCount
    rows.C = this.#candidateCount
    this.compressed?.count(rows)
  }

  #edit(id: number, kind: number, value: number): void {
    const e = this.#editCount++
    if (e === this.#values.length) this.#growEdits()
    this.#edits[3 * e] = this.rows
    this.#edits[3 * e + 1] = id
    this.#edits[3 * e + 2] = kind
    this.#values[e] = value
  }

  #growEdits(): void {
    const [edits, values] = [this.#edits, this.#values]
    this.#edits = new Int32Array(2 * edits.length)
    this.#values = new Float32Array(2 * values.length)
    this.#edits.set(edits)
    this.#values.set(values)
    this.#collect()
  }

  /** Makes room for this size. Arrays that must grow at least double, so that growth is rare. Only edits are kept. */
  #allocate(size: StepSize): void {
    const room = this.#room
    const enough = (has: number, needed: number) => (needed > has ? Math.max(needed, 2 * has) : has)
    room.rows = enough(room.rows, size.rows)
    room.sentences = enough(room.sentences, size.sentences)
    room.ancestors = enough(room.ancestors, size.ancestors)
    room.candidates = enough(room.candidates, size.candidates)
    this.#tokens = new Int32Array(room.rows)
    this.#positions = new Int32Array(room.rows)
    this.#slots = new Int32Array(room.rows)
    this.#parents = new Int32Array(room.rows)
    this.#lengths = new Int32Array(room.rows)
    this.#adapters = new Int32Array(room.rows)
    this.#pasts = new Int32Array(2 * room.rows)
    this.#ancestors = new Int32Array(room.ancestors)
    this.#queries = new Int32Array(2 * room.sentences)
    this.#sources = new Int32Array(2 * room.sentences)
    this.#lists = new Int32Array(2 * room.sentences)
    this.#ranges = new Int32Array(4 * room.rows)
    this.scores = new Float32Array(room.candidates)
    this.ids = new Int32Array(room.candidates)
    this.#collect()
  }

  #collect(): void {
    this.arrays = {
      'target.tokens': this.#tokens,
      'target.positions': this.#positions,
      slots: this.#slots,
      parents: this.#parents,
      lengths: this.#lengths,
      'adapters.R': this.#adapters,
      ancestors: this.#ancestors,
      pasts: this.#pasts,
      queries: this.#queries,
      sources: this.#sources,
      lists: this.#lists,
      ranges: this.#ranges,
      edits: this.#edits,
      values: this.#values,
      'candidate.scores': this.scores,
      'candidate.ids': this.ids,
      ...(this.#prompt && promptSpans({ prompt: this.#prompt }, this.#room.sentences)),
    }
  }
}

const [SET, PENALIZE, ADD, RAISE] = (['set', 'penalize', 'add', 'raise'] as const).map((kind) =>
  editKinds.indexOf(kind),
)
