const NONE = -1
/** Slots below this stay empty, so that a node without children may have base 0. */
const FIRST_SLOT = 256

/**
 * A set of texts, each with an id, that is walked one UTF-8 byte at a time.
 *
 * It is a double array (Aoe 1989): the child of `node` for `byte` is `base[node] + byte`, if `check` of that is `node`. The
 * arrays are public because the searches walk them in their innermost loops:
 *
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

  /** An empty text is not stored; of two equal texts the later counts. */
  constructor(entries: readonly { text: string; id: number }[]) {
    const links = linkNodes(entries)
    const capacity = FIRST_SLOT + 2 * links.count + 512
    this.base = new Int32Array(capacity)
    this.check = new Int32Array(capacity).fill(NONE)
    this.id = new Int32Array(capacity).fill(NONE)
    this.#place(links)
  }

  /** Where the longest stored text ends that begins at `at`; `at` if there is none. */
  longest(bytes: Uint8Array, at: number, end: number): number {
    const { base, check, id } = this
    let node = 0
    let longest = at
    for (let k = at; k < end; k++) {
      const child = base[node] + bytes[k]
      if (check[child] !== node) break
      node = child
      if (id[node] >= 0) longest = k + 1
    }
    return longest
  }

  /** The node that is reached from `node` by the bytes from `begin` to `end`, or -1. */
  walk(node: number, bytes: Uint8Array, begin: number, end: number): number {
    const { base, check } = this
    let reached = node
    for (let k = begin; k < end; k++) {
      const child = base[reached] + bytes[k]
      if (check[child] !== reached) return NONE
      reached = child
    }
    return reached
  }

  /** Gives every linked node its slot: parents come before their children, so a slot is known when it is needed. */
  #place(links: Links): void {
    const { firstChild, nextSibling, label, id } = links
    const slot = new Int32Array(links.count)
    let firstFree = FIRST_SLOT
    let end = FIRST_SLOT
    for (let node = 0; node < links.count; node++) {
      this.id[slot[node]] = id[node]
      const child = firstChild[node]
      if (child === NONE) continue
      while (this.check[firstFree] !== NONE) firstFree++
      const base = this.#freeBase(links, child, firstFree, end)
      this.base[slot[node]] = base
      for (let c = child; c !== NONE; c = nextSibling[c]) {
        slot[c] = base + label[c]
        this.check[slot[c]] = slot[node]
        if (slot[c] >= end) end = slot[c] + 1
      }
      this.#reserve(end + 512)
    }
    this.#shrink(end + 256)
  }

  /** A base at which the slots of all children (a list that begins with `child`) are free. */
  #freeBase(links: Links, child: number, firstFree: number, end: number): number {
    const first = links.label[child]
    if (links.nextSibling[child] === NONE) return firstFree - first
    // A search through all gaps would be quadratic; the last stretch has nearly all the room there is.
    let base = Math.max(firstFree, end - 4096) - first
    while (!this.#fits(links, child, base)) base++
    return base
  }

  #fits({ nextSibling, label }: Links, child: number, base: number): boolean {
    for (let c = child; c !== NONE; c = nextSibling[c]) {
      const slot = base + label[c]
      if (slot < FIRST_SLOT || this.check[slot] !== NONE) return false
    }
    return base > 0
  }

  #reserve(size: number): void {
    if (size <= this.base.length) return
    const old = this.base.length
    const grow = (from: Int32Array) => {
      const to = new Int32Array(size * 2)
      to.set(from)
      return to
    }
    this.base = grow(this.base)
    this.check = grow(this.check).fill(NONE, old)
    this.id = grow(this.id).fill(NONE, old)
  }

  #shrink(size: number): void {
    this.base = this.base.slice(0, size)
    this.check = this.check.slice(0, size)
    this.id = this.id.slice(0, size)
  }
}

/** A trie as lists of children: quick to build, slow to walk. */
interface Links {
  count: number
  firstChild: Int32Array
  nextSibling: Int32Array
  label: Uint8Array
  id: Int32Array
}

function linkNodes(entries: readonly { text: string; id: number }[]): Links {
  const encoder = new TextEncoder()
  let capacity = 1
  for (const { text } of entries) capacity += text.length * 3
  const bytes = new Uint8Array(capacity)
  const nodes = new Int32Array(capacity * 3).fill(NONE)
  const links: Links = {
    count: 1,
    firstChild: nodes.subarray(0, capacity),
    nextSibling: nodes.subarray(capacity, 2 * capacity),
    id: nodes.subarray(2 * capacity),
    label: new Uint8Array(capacity),
  }
  for (const { text, id } of entries) {
    const { written } = encoder.encodeInto(text, bytes)
    let node = 0
    for (let k = 0; k < written; k++) node = childOf(links, node, bytes[k])
    if (written > 0) links.id[node] = id
  }
  return links
}

function childOf(links: Links, node: number, byte: number): number {
  const { firstChild, nextSibling, label } = links
  for (let child = firstChild[node]; child !== NONE; child = nextSibling[child]) if (label[child] === byte) return child
  const child = links.count++
  label[child] = byte
  nextSibling[child] = firstChild[node]
  firstChild[node] = child
  return child
}
