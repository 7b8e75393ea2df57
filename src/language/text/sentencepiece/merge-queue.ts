/**
 * A priority queue of pairs to be merged, as a binary heap: the highest score first, and the leftmost pair among equal
 * scores.
 */
export class MergeQueue {
  // Entries by position in the heap.
  #score = new Float32Array(256)
  #left = new Int32Array(256)
  #right = new Int32Array(256)
  #node = new Int32Array(256)
  #end = new Int32Array(256)
  #size = 0
  // The entry that was popped last. Its parts are fields of the queue, which avoids an object for each merge.
  left = 0
  right = 0
  /** The trie node of the merged text. */
  node = 0
  /** The end of the right symbol when the pair was pushed. */
  end = 0

  clear(): void {
    this.#size = 0
  }

  push(score: number, left: number, right: number, node: number, end: number): void {
    if (this.#size === this.#score.length) this.#grow()
    let at = this.#size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#goesBefore(score, left, parent)) break
      this.#move(parent, at)
      at = parent
    }
    this.#score[at] = score
    this.#left[at] = left
    this.#right[at] = right
    this.#node[at] = node
    this.#end[at] = end
  }

  /** Pops the first entry into the fields of this object; false when the queue is empty. */
  pop(): boolean {
    if (this.#size === 0) return false
    this.left = this.#left[0]
    this.right = this.#right[0]
    this.node = this.#node[0]
    this.end = this.#end[0]
    const last = --this.#size
    const score = this.#score[last]
    const left = this.#left[last]
    let at = 0
    for (let child = 1; child < last; child = 2 * at + 1) {
      if (child + 1 < last && this.#goesBefore(this.#score[child + 1], this.#left[child + 1], child)) child++
      if (!this.#goesBefore(this.#score[child], this.#left[child], last)) break
      this.#move(child, at)
      at = child
    }
    this.#score[at] = score
    this.#left[at] = left
    this.#right[at] = this.#right[last]
    this.#node[at] = this.#node[last]
    this.#end[at] = this.#end[last]
    return true
  }

  #goesBefore(score: number, left: number, other: number): boolean {
    return score > this.#score[other] || (score === this.#score[other] && left < this.#left[other])
  }

  #move(from: number, to: number): void {
    this.#score[to] = this.#score[from]
    this.#left[to] = this.#left[from]
    this.#right[to] = this.#right[from]
    this.#node[to] = this.#node[from]
    this.#end[to] = this.#end[from]
  }

  #grow(): void {
    const score = new Float32Array(2 * this.#score.length)
    score.set(this.#score)
    this.#score = score
    const grow = (from: Int32Array) => {
      const to = new Int32Array(2 * from.length)
      to.set(from)
      return to
    }
    this.#left = grow(this.#left)
    this.#right = grow(this.#right)
    this.#node = grow(this.#node)
    this.#end = grow(this.#end)
  }
}
