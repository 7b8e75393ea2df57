const NONE = -1
/** Slots below this stay empty, so that a node without children may have base 0. */
const FIRST_SLOT = 256
/** How far back from the last slot a place for several children is searched. */
const SEARCHED = 256

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

  /** Stores the texts that `has` says yes to, each with its place in the list as its id; an empty one is left out. */
  constructor(texts: readonly string[], has: (id: number) => boolean) {
    const linked = link(texts, has)
    const capacity = FIRST_SLOT + linked.count + 4096
    this.base = new Int32Array(capacity)
    this.check = new Int32Array(capacity).fill(NONE)
    this.id = new Int32Array(capacity).fill(NONE)
    this.#place(linked)
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
  #place({ count, firstChild, nextSibling, label, id }: Links): void {
    const slot = new Int32Array(count)
    let { base, check } = this
    let firstFree = FIRST_SLOT
    let end = FIRST_SLOT
    for (let node = 0; node < count; node++) {
      this.id[slot[node]] = id[node]
      const child = firstChild[node]
      if (child === NONE) continue
      while (check[firstFree] !== NONE) firstFree++
      let at = firstFree - label[child]
      if (nextSibling[child] !== NONE) {
        // A search through all gaps would be quadratic; single children fill those that this leaves.
        at = Math.max(at, end - SEARCHED)
        while (!fits(check, nextSibling, label, child, at)) at++
      }
      base[slot[node]] = at
      for (let c = child; c !== NONE; c = nextSibling[c]) {
        slot[c] = at + label[c]
        check[slot[c]] = slot[node]
        if (slot[c] >= end) end = slot[c] + 1
      }
      if (end + 512 > check.length) {
        this.#resize(2 * end + 512)
        base = this.base
        check = this.check
      }
    }
    this.#resize(end + 256)
  }

  #resize(size: number): void {
    const copy = (from: Int32Array, filler: number) => {
      if (size <= from.length) return from.slice(0, size)
      const to = new Int32Array(size).fill(filler, from.length)
      to.set(from)
      return to
    }
    this.base = copy(this.base, 0)
    this.check = copy(this.check, NONE)
    this.id = copy(this.id, NONE)
  }
}

/** Whether the slots of all children (a list that begins with `child`) are free when their parent has this base. */
function fits(check: Int32Array, nextSibling: Int32Array, label: Uint8Array, child: number, base: number): boolean {
  if (base <= 0) return false
  for (let c = child; c !== NONE; c = nextSibling[c]) {
    const slot = base + label[c]
    if (slot < FIRST_SLOT || check[slot] !== NONE) return false
  }
  return true
}

/** A trie as lists of children: quick to build, slow to walk. A node comes after its parent. */
interface Links {
  count: number
  firstChild: Int32Array
  nextSibling: Int32Array
  label: Uint8Array
  id: Int32Array
}

/**
 * One plain loop without calls, since it runs when a model is loaded, mostly before the compiler has seen it. A child that
 * is found moves to the front of its list, as most texts begin alike.
 */
function link(texts: readonly string[], has: (id: number) => boolean): Links {
  let links = emptyLinks(4 * texts.length + 256)
  for (let textId = 0; textId < texts.length; textId++) {
    if (!has(textId)) continue
    const text = texts[textId]
    if (links.count + 3 * text.length > links.id.length) links = grow(links, 3 * text.length)
    const { firstChild, nextSibling, label } = links
    let count = links.count
    let node = 0
    for (let k = 0; k < text.length; k++) {
      let bytes = text.charCodeAt(k)
      if (bytes >= 0x80) {
        const point = text.codePointAt(k)!
        if (point > 0xffff) k++
        bytes = packUtf8(point)
      }
      do {
        const byte = bytes & 0xff
        bytes >>>= 8
        const first = firstChild[node]
        let before = NONE
        let child = first
        while (child !== NONE && label[child] !== byte) {
          before = child
          child = nextSibling[child]
        }
        if (child === NONE) {
          child = count++
          label[child] = byte
          nextSibling[child] = first
          firstChild[node] = child
        } else if (before !== NONE) {
          nextSibling[before] = nextSibling[child]
          nextSibling[child] = first
          firstChild[node] = child
        }
        node = child
      } while (bytes !== 0)
    }
    links.count = count
    if (node !== 0) links.id[node] = textId
  }
  return links
}

/** The UTF-8 bytes of a character beyond ASCII in one integer, the first in the lowest bits. */
function packUtf8(point: number): number {
  const last = 0x80 | (point & 0x3f)
  if (point < 0x800) return (last << 8) | 0xc0 | (point >> 6)
  const beforeLast = 0x80 | ((point >> 6) & 0x3f)
  if (point < 0x10000) return (last << 16) | (beforeLast << 8) | 0xe0 | (point >> 12)
  return (last << 24) | (beforeLast << 16) | ((0x80 | ((point >> 12) & 0x3f)) << 8) | 0xf0 | (point >> 18)
}

function emptyLinks(capacity: number): Links {
  return {
    count: 1,
    firstChild: new Int32Array(capacity).fill(NONE),
    nextSibling: new Int32Array(capacity).fill(NONE),
    label: new Uint8Array(capacity),
    id: new Int32Array(capacity).fill(NONE),
  }
}

function grow(from: Links, more: number): Links {
  const to = emptyLinks(2 * (from.count + more))
  to.count = from.count
  to.firstChild.set(from.firstChild)
  to.nextSibling.set(from.nextSibling)
  to.label.set(from.label)
  to.id.set(from.id)
  return to
}
