import { GlassformerError } from '../../../base/errors.ts'

/** Units are handed out in blocks; a child stays in the block of its parent's offset, so that no look-up leaves the array. */
const BLOCK = 256
/**
 * The number of last blocks in which a node with several children is tried: a search through all gaps would be
 * quadratic.
 */
const SEARCHED_BLOCKS = 16
const ENDS_KEY = 0x100
/** Flag of a value; it also keeps the label of an unused unit from matching any byte. */
const VALUE = 0x80000000 | 0
const OFFSET_LIMIT = 1 << 21

/**
 * Builds a double array (Aoe 1989) in the layout of Darts-clone (github.com/s-yata/darts-clone), in which SentencePiece
 * stores its replacement rules; src/language/text/sentencepiece/charsmap.ts describes the bits of a unit and reads them. Nodes with
 * equal subtrees share their children.
 *
 * `keys` are distinct, not empty, free of byte 0 and in ascending order of their bytes; values are integers of 31 bits.
 */
export function buildDoubleArray(keys: readonly Uint8Array[], values: ArrayLike<number>): Int32Array {
  return new Placement(new Graph(keys, values)).units()
}

/** The children of a node, by label; label 0 stands for the end of a key, and its "child" is the value. */
interface Children {
  labels: number[]
  targets: number[]
}

/** The keys as an acyclic graph: lists of children, each stored once. */
class Graph {
  readonly lists: Children[] = []
  readonly root: number
  readonly #known = new Map<string, number>()

  constructor(keys: readonly Uint8Array[], values: ArrayLike<number>) {
    this.root = this.#list(keys, values, 0, keys.length, 0)
  }

  /** The list of children after the first `depth` bytes, which keys[begin … end) have in common. */
  #list(keys: readonly Uint8Array[], values: ArrayLike<number>, begin: number, end: number, depth: number): number {
    const labels: number[] = []
    const targets: number[] = []
    for (let from = begin, to = begin; from < end; from = to) {
      const label = keys[from][depth] ?? 0
      while (to < end && (keys[to][depth] ?? 0) === label) to++
      labels.push(label)
      targets.push(label === 0 ? values[from] : this.#list(keys, values, from, to, depth + 1))
    }
    const signature = `${labels} ${targets}`
    let list = this.#known.get(signature)
    if (list === undefined) {
      list = this.lists.push({ labels, targets }) - 1
      this.#known.set(signature, list)
    }
    return list
  }
}

class Placement {
  readonly #graph: Graph
  #units = new Int32Array(0)
  /** The unit itself if it is free, otherwise a later unit, from which the next free one is found. */
  #towardsFree = new Int32Array(0)
  /**
   * 1 if a list is stored at this offset. Two lists must not share one, because a unit stores only its label, and not
   * its parent.
   */
  #used = new Uint8Array(0)
  /** The offset of each list, or 0. No list is at offset 0, because SentencePiece refuses a root with this offset. */
  readonly #offsets: Int32Array
  #firstFree = 1

  constructor(graph: Graph) {
    this.#graph = graph
    this.#offsets = new Int32Array(graph.lists.length)
    this.#grow(BLOCK)
    this.#units[0] = 0
    this.#take(0)
    this.#used[0] = 1
    this.#place(0, graph.root)
  }

  units(): Int32Array {
    return this.#units
  }

  /** Makes a list the children of the unit at `position`. */
  #place(position: number, list: number): void {
    const { labels, targets } = this.#graph.lists[list]
    const known = this.#offsets[list]
    const offset = known > 0 ? known : this.#offsetFor(labels)
    const relative = position ^ offset
    if (relative >= OFFSET_LIMIT) throw new GlassformerError('ERR_INTERNAL', 'too many rules for one double array')
    this.#units[position] |= (relative << 10) | (labels[0] === 0 ? ENDS_KEY : 0)
    if (known > 0) return
    this.#offsets[list] = offset
    this.#used[offset] = 1
    for (const [k, label] of labels.entries()) {
      this.#take(offset ^ label)
      this.#units[offset ^ label] = label === 0 ? targets[k] | VALUE : label
    }
    for (const [k, label] of labels.entries()) if (label !== 0) this.#place(offset ^ label, targets[k])
  }

  #offsetFor(labels: readonly number[]): number {
    this.#firstFree = this.#freeFrom(this.#firstFree)
    const recent = this.#units.length - SEARCHED_BLOCKS * BLOCK
    for (let at = labels.length === 1 ? this.#firstFree : Math.max(this.#firstFree, recent); ; at++) {
      at = this.#freeFrom(at)
      if (at >= this.#units.length) this.#grow(this.#units.length + BLOCK)
      const offset = at ^ labels[0]
      if (this.#used[offset] === 0 && this.#fits(labels, offset)) return offset
    }
  }

  /** Whether the units of all these labels are free after this offset. */
  #fits(labels: readonly number[], offset: number): boolean {
    for (let k = 1; k < labels.length; k++) {
      const unit = offset ^ labels[k]
      if (this.#towardsFree[unit] !== unit) return false
    }
    return true
  }

  #take(unit: number): void {
    this.#towardsFree[unit] = unit + 1
  }

  /**
   * The first free unit at or after this one, perhaps the first beyond the end. Shortens the path for the next search.
   */
  #freeFrom(unit: number): number {
    const towards = this.#towardsFree
    let at = unit
    while (at < towards.length && towards[at] !== at) {
      const next = towards[at]
      if (next < towards.length) towards[at] = towards[next]
      at = next
    }
    return at
  }

  #grow(size: number): void {
    const larger = <T extends Int32Array | Uint8Array>(to: T, from: T): T => {
      to.set(from)
      return to
    }
    const before = this.#units.length
    this.#units = larger(new Int32Array(size), this.#units).fill(VALUE, before)
    this.#towardsFree = larger(new Int32Array(size), this.#towardsFree)
    for (let unit = before; unit < size; unit++) this.#towardsFree[unit] = unit
    this.#used = larger(new Uint8Array(size), this.#used)
  }
}
