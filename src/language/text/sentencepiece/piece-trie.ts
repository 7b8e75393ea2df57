import { latin1Of, utf8Of } from '../../../base/bytes.ts'

const NONE = -1
/** The base of a node whose children are not placed yet. */
const UNGROWN = -1
/** The first used slot. Slots below it stay empty, so that a node without children may have base 0. */
const FIRST_SLOT = 256
/** The number of last slots searched for a place for several children. */
const SEARCHED = 256

/**
 * A set of texts, each with an id, for traversal one UTF-8 byte at a time.
 *
 * The set is a double array (Aoe 1989): the child of `node` for `byte` is `base[node] + byte`, if `check` of that slot is `node`. The array
 * grows where it is walked, because a first short text needs a fiftieth of the nodes, and making all nodes would take longer than the text.
 * The arrays are public because the searches walk them in their innermost loops:
 *
 *     if (base[node] < 0) ({ base, check, id } = trie.grow(node)) // other arrays, perhaps
 *     const child = base[node] + byte
 *     if (check[child] !== node) break // no text goes on this way
 *     node = child
 *     if (id[node] >= 0) … // a text ends here
 */
export class PieceTrie {
  static readonly root = 0
  base: Int32Array
  check: Int32Array
  /** The id of the text that ends at a node, or -1. */
  id: Int32Array
  /** The stored texts in UTF-8, with a character for each byte, and the id of each. */
  readonly #utf8: readonly string[]
  readonly #idOf: readonly number[]
  // The remaining texts below an ungrown node, as a linked list: the first text of each node, and the next text after
  // each text.
  #first: Int32Array
  readonly #next: Int32Array
  /** The number of bytes on the path to each node. */
  #depth: Int32Array
  #firstFree = FIRST_SLOT
  #end = FIRST_SLOT
  // The children of the growing node, by byte: their texts, and the list of their bytes.
  readonly #texts = new Int32Array(256).fill(NONE)
  readonly #ids = new Int32Array(256).fill(NONE)

  /**
   * Stores the texts for which `has` returns true, each with its index in the list as its id. Empty texts are skipped.
   */
  constructor(texts: readonly string[], has: (id: number) => boolean) {
    const own: number[] = []
    this.#next = new Int32Array(texts.length)
    for (let id = 0; id < texts.length; id++) {
      if (texts[id] === '' || !has(id)) continue
      this.#next[own.length] = own.length - 1
      own.push(id)
    }
    this.#idOf = own
    this.#utf8 = inUtf8(own.length === texts.length ? texts : own.map((id) => texts[id]))
    const last = own.length - 1
    const capacity = FIRST_SLOT + 4096
    this.base = new Int32Array(capacity)
    this.check = new Int32Array(capacity).fill(NONE)
    this.id = new Int32Array(capacity).fill(NONE)
    this.#first = new Int32Array(capacity)
    this.#depth = new Int32Array(capacity)
    this.#first[PieceTrie.root] = last
    this.base[PieceTrie.root] = last === NONE ? 0 : UNGROWN
  }

  /** The end of the longest stored text that begins at `at`; `at` if there is none. */
  longest(bytes: Uint8Array, at: number, end: number): number {
    let node = PieceTrie.root
    let longest = at
    for (let k = at; k < end; k++) {
      node = this.#child(node, bytes[k])
      if (node < 0) break
      if (this.id[node] >= 0) longest = k + 1
    }
    return longest
  }

  /** The node after following the bytes from `begin` to `end` from `node`, or -1. */
  walk(node: number, bytes: Uint8Array, begin: number, end: number): number {
    let reached = node
    for (let k = begin; k < end && reached >= 0; k++) reached = this.#child(reached, bytes[k])
    return reached
  }

  #child(node: number, byte: number): number {
    if (this.base[node] < 0) this.grow(node)
    const child = this.base[node] + byte
    return this.check[child] === node ? child : NONE
  }

  /** Places the children of an ungrown node. Returns the trie, whose arrays may have been replaced. */
  grow(node: number): this {
    const labels = this.#sort(node)
    const own = this.#place(labels)
    const { base, check, id } = this // may be other arrays now
    base[node] = own
    const depth = this.#depth[node] + 1
    for (const byte of labels) {
      const child = own + byte
      check[child] = node
      id[child] = this.#ids[byte] === NONE ? NONE : this.#idOf[this.#ids[byte]]
      base[child] = this.#texts[byte] === NONE ? 0 : UNGROWN
      this.#first[child] = this.#texts[byte]
      this.#depth[child] = depth
      this.#ids[byte] = NONE
      this.#texts[byte] = NONE
    }
    return this
  }

  /**
   * Sorts the texts below a node by their next byte into `#texts`, or into `#ids` where they end at that byte. Returns
   * the bytes.
   */
  #sort(node: number): number[] {
    const utf8 = this.#utf8
    const next = this.#next
    const ids = this.#ids
    const texts = this.#texts
    const depth = this.#depth[node]
    const labels: number[] = []
    for (let text = this.#first[node]; text !== NONE; ) {
      const following = next[text]
      const byte = utf8[text].charCodeAt(depth)
      if (ids[byte] === NONE && texts[byte] === NONE) labels.push(byte)
      if (depth + 1 === utf8[text].length)
        ids[byte] = Math.max(ids[byte], text) // the last of equal texts wins
      else {
        next[text] = texts[byte]
        texts[byte] = text
      }
      text = following
    }
    return labels
  }

  /** Finds a base for which the slots of all these bytes are free, and adds missing slots. */
  #place(labels: readonly number[]): number {
    while (this.check[this.#firstFree] !== NONE) this.#firstFree++
    let base = this.#firstFree - labels[0]
    if (labels.length > 1) {
      // A search through all gaps would be quadratic. Single children fill the gaps that this search skips.
      base = Math.max(base, this.#end - SEARCHED)
      while (!fits(this.check, labels, base)) base++
    }
    for (const byte of labels) this.#end = Math.max(this.#end, base + byte + 1)
    if (this.#end + 512 > this.check.length) this.#resize(2 * this.#end + 512)
    return base
  }

  #resize(size: number): void {
    const larger = (from: Int32Array, filler: number) => {
      const to = new Int32Array(size).fill(filler, from.length)
      to.set(from)
      return to
    }
    this.base = larger(this.base, 0)
    this.check = larger(this.check, NONE)
    this.id = larger(this.id, NONE)
    this.#first = larger(this.#first, NONE)
    this.#depth = larger(this.#depth, 0)
  }
}

/**
 * Texts in UTF-8. They are encoded in one call where they can be separated afterwards, which takes a fifth of the time.
 */
function inUtf8(texts: readonly string[]): string[] {
  const together = latin1Of(utf8Of(texts.join('\0'))).split('\0')
  return together.length === texts.length ? together : texts.map((text) => latin1Of(utf8Of(text)))
}

/** Whether the slots of all these bytes are free at this base. */
function fits(check: Int32Array, labels: readonly number[], base: number): boolean {
  for (const byte of labels) {
    const slot = base + byte
    if (slot < FIRST_SLOT || check[slot] !== NONE) return false
  }
  return true
}
