/** The likely target tokens of each source token; `glassformer shortlist` learns them from a corpus. */
export interface Shortlist {
  /** Target tokens that are in every list. */
  frequent: Int32Array
  /** The targets of source token s are targets[offsets[s]] to targets[offsets[s + 1] − 1], the likeliest first. */
  offsets: Int32Array
  targets: Int32Array
  /**
   * Lists are filled up to a multiple of this number, with the lowest ids that they lack (Marian: 8). Absent: lists are
   * not filled up.
   */
  multipleOf?: number
}

/**
 * The target tokens that a translation of `source` may use, ascending: the frequent tokens, the likely translations of
 * each source token, and the end. `vocabulary` is the number of target ids; only ids below it fill up a list.
 */
export function listFor(
  { frequent, offsets, targets, multipleOf = 1 }: Shortlist,
  source: readonly number[],
  end: number,
  vocabulary = Number.POSITIVE_INFINITY,
): Int32Array {
  const ids = new Set(frequent)
  ids.add(end)
  for (const token of source) for (let i = offsets[token]; i < offsets[token + 1]; i++) ids.add(targets[i])
  for (let id = 0; ids.size % multipleOf && id < vocabulary; id++) ids.add(id)
  return Int32Array.from(ids).sort()
}
