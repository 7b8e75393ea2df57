import type { UnigramLexicon } from './unigram.ts'
import { characterLength } from './utf8.ts'

/** One segmentation of a text: nodes of the lattice, and the sum of their scores. */
export interface Path {
  nodes: number[]
  score: number
}

/** The agenda is pruned when it has more entries than this, so that a long text cannot exhaust memory. */
const AGENDA_LIMIT = 10_000

/** A path from some node to the end of the text; the search extends it to the left. */
interface Suffix {
  /** The leftmost node; -1 is the beginning of the text. */
  node: number
  next: Suffix | null
  /** The score of `node` and all nodes after it. */
  score: number
  /** The score of the best whole path with this end; it is exact because of the forward pass. */
  total: number
}

/** All segmentations of a text into pieces, as a graph over byte positions, for finding the n best ones. */
export class Lattice {
  // For each node: the beginning and end of its piece, the id and score of the piece, and the score of the best path
  // from the beginning through the node.
  readonly begin: number[] = []
  readonly end: number[] = []
  readonly id: number[] = []
  readonly #score: number[] = []
  readonly #best: number[] = []
  /** The nodes that end at each position. */
  readonly #endingAt: (number[] | undefined)[]
  readonly #length: number

  constructor(lexicon: UnigramLexicon, bytes: Uint8Array, length: number) {
    this.#length = length
    this.#endingAt = new Array(length + 1)
    const { trie, scores, unknownId, unknownScore } = lexicon
    for (let at = 0; at < length; ) {
      const nextCharacter = Math.min(at + characterLength(bytes[at]), length)
      let hasSingle = false
      let node = 0
      for (let k = at; k < length && node >= 0; k++) {
        node = trie.walk(node, bytes, k, k + 1)
        if (node < 0 || trie.id[node] < 0) continue
        this.#add(at, k + 1, trie.id[node], scores[trie.id[node]])
        if (k + 1 === nextCharacter) hasSingle = true
      }
      if (!hasSingle) this.#add(at, nextCharacter, unknownId, unknownScore)
      at = nextCharacter
    }
  }

  /** The `count` best paths, best first: A* from the end, with the exact scores of the forward pass as its heuristic. */
  best(count: number): Path[] {
    const paths: Path[] = []
    const agenda = new Agenda()
    for (const node of this.#endingAt[this.#length] ?? [])
      agenda.push({ node, next: null, score: this.#score[node], total: this.#best[node] })
    while (paths.length < count) {
      const top = agenda.pop()
      if (top === undefined) break
      if (top.node < 0) {
        const nodes: number[] = []
        for (let s = top.next; s !== null; s = s.next) nodes.push(s.node)
        paths.push({ nodes, score: top.score })
        continue
      }
      const begin = this.begin[top.node]
      if (begin === 0) agenda.push({ node: -1, next: top, score: top.score, total: top.score })
      else
        for (const node of this.#endingAt[begin] ?? []) {
          const score = top.score + this.#score[node]
          agenda.push({ node, next: top, score, total: top.score + this.#best[node] })
        }
      if (agenda.size > AGENDA_LIMIT) agenda.keep(Math.min(AGENDA_LIMIT / 2, Math.max(512, 10 * count)))
    }
    return paths
  }

  #add(begin: number, end: number, id: number, score: number): void {
    const node = this.begin.length
    let before = begin === 0 ? 0 : Number.NEGATIVE_INFINITY
    for (const other of this.#endingAt[begin] ?? []) before = Math.max(before, this.#best[other])
    this.begin.push(begin)
    this.end.push(end)
    this.id.push(id)
    this.#score.push(score)
    this.#best.push(before + score)
    const ending = this.#endingAt[end]
    if (ending === undefined) this.#endingAt[end] = [node]
    else ending.push(node)
  }
}

/** A heap of path ends with the best total at the top. */
class Agenda {
  #heap: Suffix[] = []

  get size(): number {
    return this.#heap.length
  }

  push(entry: Suffix): void {
    const heap = this.#heap
    let at = heap.length
    while (at > 0 && heap[(at - 1) >> 1].total < entry.total) {
      heap[at] = heap[(at - 1) >> 1]
      at = (at - 1) >> 1
    }
    heap[at] = entry
  }

  pop(): Suffix | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return first
    let at = 0
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && heap[child + 1].total > heap[child].total) child++
      if (heap[child].total <= last.total) break
      heap[at] = heap[child]
      at = child
    }
    heap[at] = last
    return first
  }

  /** Drops all entries except the best `count`. The remaining entries are sorted, so they are a valid heap. */
  keep(count: number): void {
    this.#heap.sort((a, b) => b.total - a.total).length = Math.min(count, this.#heap.length)
  }
}
