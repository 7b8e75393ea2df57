import type { EndsSettings, LearnedSettings } from '../config/attention-settings.ts'
import type { BoundBlocks } from './cuts.ts'

/** Spans of the queries of blocks, of the keys that these see, and of their side keys. */
class Sparse {
  readonly queries: number[] = []
  readonly keys: number[] = []
  readonly sides: number[] = []

  add(queries: readonly number[], keys: readonly number[], side: readonly number[]): void {
    this.queries.push(...queries)
    this.keys.push(...keys)
    this.sides.push(...side)
  }
}

/**
 * Binds the sparse blocks of BigBird (Zaheer et al. 2020) for the sentences at `spans`, as they are in inference. The first and the last block
 * see everything. A block between sees itself, its neighbours, the last block and 1 + `random` times the first one: where training draws
 * blocks at random, transformers has the first one otherwise. Sentences of up to (5 + 2 · random) · size tokens are seen as a whole.
 * `encoder.sideRows`: rows of the last block, then those of the first one again and again, of which blocks see all or a part.
 */
export function bindEnds(spans: Int32Array, { size, random }: EndsSettings, { rows, arrays }: BoundBlocks): void {
  const blocks = new Sparse()
  const copies: number[] = []
  for (let b = 0; b < spans.length; b += 2) {
    const [begin, end] = [spans[b], spans[b + 1]]
    const count = Math.ceil((end - begin) / size)
    const isWhole = end - begin <= (5 + 2 * random) * size
    const at = (block: number) => Math.min(end, begin + block * size)
    const first = copies.length
    const copy = (block: number) => {
      for (let row = at(block); row < at(block + 1); row++) copies.push(row)
    }
    if (!isWhole) {
      copy(count - 1)
      for (let i = 0; i <= random; i++) copy(0)
    }
    for (let block = 0; block < count; block++) {
      const queries = [at(block), at(block + 1)]
      if (isWhole || block === 0 || block === count - 1) blocks.add(queries, [begin, end], [first, first])
      else {
        // Where a block has one of both ends among its neighbours, it is not seen once more.
        const from = block === count - 2 ? first + end - at(count - 1) : first
        const to = block === 1 ? copies.length - size : copies.length
        blocks.add(queries, [at(block - 1), at(block + 2)], [from, to])
      }
    }
  }
  rows['B.encoder'] = blocks.queries.length / 2
  rows['G.sides'] = copies.length
  arrays['encoder.blocks'] = Int32Array.from(blocks.queries)
  arrays['encoder.blockKeys'] = Int32Array.from(blocks.keys)
  arrays['encoder.sideKeys'] = Int32Array.from(blocks.sides)
  arrays['encoder.sideRows'] = Int32Array.from(copies)
}

/**
 * Binds the blocks of Pegasus-X (Phang et al. 2022) for the sentences at `spans`: a token sees its block of `size` tokens, and the global
 * tokens of its sentence, rows [sentence · tokens, …). In staggered layers the first block has half as many tokens (`encoder.staggered`).
 */
export function bindLearned(
  spans: Int32Array,
  size: number,
  { tokens, staggered }: LearnedSettings,
  { rows, arrays }: BoundBlocks,
): void {
  const sentences = spans.length / 2
  const globals = (sentence: number) => [sentence * tokens, (sentence + 1) * tokens]
  const cuts = [['blocks', size], ...(staggered ? [['staggered', size / 2] as const] : [])] as const
  for (const [name, firstSize] of cuts) {
    const blocks = new Sparse()
    for (let b = 0; b < sentences; b++) {
      const [begin, end] = [spans[2 * b], spans[2 * b + 1]]
      for (let first = begin, last: number; first < end; first = last) {
        last = Math.min(end, first + (first === begin ? firstSize : size))
        blocks.add([first, last], [], globals(b))
      }
    }
    rows[`B.${name}`] = blocks.queries.length / 2
    arrays[`encoder.${name}`] = Int32Array.from(blocks.queries)
    arrays[`encoder.${name}.globals`] = Int32Array.from(blocks.sides)
  }
  rows['G.globals'] = sentences * tokens
  arrays['encoder.globals'] = Int32Array.from({ length: 2 * sentences }, (_, i) => Math.ceil(i / 2) * tokens)
  arrays['encoder.globalTokens'] = Int32Array.from({ length: sentences * tokens }, (_, i) => i % tokens)
}
