import { type OpCase, type OperandCase, type Random, whole } from './random-operands.ts'

/**
 * Lists of ids for sentences of some rows each, in a case of `candidates`: some are empty, or shorter than the number
 * asked for.
 */
export function withLists(random: Random, { symbols, inputs, attributes }: OpCase): OpCase {
  const { R } = symbols
  const { rows: vocabulary, width, data: weight } = inputs.weight as OperandCase & { rows: number }
  const queries: number[] = []
  const lists: number[] = []
  const ids: number[] = []
  for (let row = 0; row < R; ) {
    const last = Math.min(R, row + random.integer(0, 5))
    queries.push(row, last)
    row = last
    const share = random.pick([0, 0.1, 0.5, 1])
    const list = Array.from({ length: vocabulary }, (_, id) => id).filter(() => random.next() < share)
    lists.push(ids.length, ids.length + list.length)
    ids.push(...list, ...new Array((16 - (list.length % 16)) % 16).fill(0))
  }
  const listed = Float32Array.from({ length: ids.length * width }, (_, at) => {
    return weight[ids[Math.floor(at / width)] * width + (at % width)]
  })
  return {
    symbols: { ...symbols, B: queries.length / 2, L: ids.length },
    inputs: {
      ...inputs,
      listed: whole('L', width, listed),
      listedIds: whole('L', 1, Int32Array.from(ids)),
      lists: whole('B', 2, Int32Array.from(lists)),
      queries: whole('B', 2, Int32Array.from(queries)),
    },
    attributes,
  }
}
