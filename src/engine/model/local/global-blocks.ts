import type { AttentionSettings } from '../config/attention-settings.ts'
import { type Blocks, type BoundBlocks, type CutSentences, Cuts } from './cuts.ts'

/**
 * Cuts sentences of an encoder with global tokens into blocks, and adds to `bound` what programs bind for these tokens: `encoder.sideKeys`
 * and `encoder.sidePlaces`, a span of side keys and a place among them for each block, and the arrays of their kind.
 */
export function besideGlobals(
  spans: Int32Array,
  blocks: Blocks,
  global: NonNullable<AttentionSettings['global']>,
  bound: BoundBlocks,
): CutSentences {
  return global.kind === 'first' ? besideFirst(spans, blocks, bound) : besideSums(spans, blocks, global.size, bound)
}

/**
 * The first token of a sentence is seen by all others beside their own blocks, in which it does not count. By itself it is a block that
 * sees nothing here. `encoder.firsts`: its row, −1 in an empty sentence; `encoder.firstSpans`: it is a sentence of one query;
 * `encoder.firstKeys`: it sees all keys; `encoder.ofFirst`: for each row the sentence whose first token it is, or −1.
 */
function besideFirst(spans: Int32Array, { reach, queries: size }: Blocks, { rows, arrays }: BoundBlocks): CutSentences {
  const cuts = new Cuts()
  const sideKeys: number[] = []
  const sentences = spans.length / 2
  const firsts = new Int32Array(sentences).fill(-1)
  const ofFirst = new Int32Array(spans.at(-1) ?? 0).fill(-1)
  for (let b = 0; b < sentences; b++) {
    const [begin, end] = [spans[2 * b], spans[2 * b + 1]]
    if (begin === end) continue
    firsts[b] = begin
    ofFirst[begin] = b
    cuts.add(begin, begin + 1, begin + 1, begin + 1)
    sideKeys.push(begin, begin)
    for (let first = begin + 1; first < end; first += size) {
      const last = Math.min(first + size, end)
      cuts.add(first, last, Math.max(begin + 1, first - reach + 1), Math.min(end, last + reach - 1))
      sideKeys.push(begin, begin + 1)
    }
  }
  const { cut } = cuts
  rows['B.firsts'] = sentences
  arrays['encoder.firsts'] = firsts
  arrays['encoder.firstSpans'] = Int32Array.from({ length: 2 * sentences }, (_, i) => Math.ceil(i / 2))
  arrays['encoder.firstKeys'] = spans
  arrays['encoder.ofFirst'] = ofFirst
  arrays['encoder.sideKeys'] = Int32Array.from(sideKeys)
  arrays['encoder.sidePlaces'] = new Int32Array(cut.count)
  return cut
}

/**
 * The sums of a sentence's blocks of `size` tokens are seen by all its tokens. Tokens behind the last whole block belong to that block.
 * `encoder.summed`: for each sum the rows that it adds up, at most 2 · size − 1, −1 where there are fewer. `encoder.sumOf`: for each row
 * its sum, −1 in sentences without one.
 */
function besideSums(
  spans: Int32Array,
  { reach, queries }: Blocks,
  size: number,
  { rows, arrays }: BoundBlocks,
): CutSentences {
  const cuts = new Cuts()
  const [sideKeys, places, summed]: number[][] = [[], [], []]
  const sumOf = new Int32Array(spans.at(-1) ?? 0).fill(-1)
  let sums = 0
  for (let b = 0; b < spans.length; b += 2) {
    const [begin, end] = [spans[b], spans[b + 1]]
    const count = Math.floor((end - begin) / size)
    const whole = begin + count * size
    for (let first = begin, last: number; first < end; first = last) {
      last = Math.min(first + queries, first < whole ? whole : end)
      cuts.add(first, last, Math.max(begin, first - reach + 1), Math.min(end, last + reach - 1))
      sideKeys.push(sums, sums + count)
      places.push(Math.min(Math.floor((first - begin) / size), count - 1))
    }
    for (let block = 0; block < count; block++) {
      const first = begin + block * size
      const last = block + 1 < count ? first + size : end
      for (let i = 0; i < 2 * size - 1; i++) summed.push(first + i < last ? first + i : -1)
      sumOf.fill(sums + block, first, last)
    }
    sums += count
  }
  rows['G.sums'] = sums
  arrays['encoder.summed'] = Int32Array.from(summed)
  arrays['encoder.sumOf'] = sumOf
  arrays['encoder.sideKeys'] = Int32Array.from(sideKeys)
  arrays['encoder.sidePlaces'] = Int32Array.from(places)
  return cuts.cut
}
