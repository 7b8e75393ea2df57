/** The target tokens that each source token is likely to become; `glassformer shortlist` learns them from a corpus. */
export interface Shortlist {
  /** Target tokens that every list has. */
  frequent: Int32Array
  /** The targets of source token s are targets[offsets[s]] to targets[offsets[s + 1] − 1], the likeliest first. */
  offsets: Int32Array
  targets: Int32Array
}

/**
 * The target tokens that a translation of `source` may use, ascending: the frequent tokens, the likely translations of each source token,
 * and the end.
 */
export function listFor({ frequent, offsets, targets }: Shortlist, source: readonly number[], end: number): Int32Array {
  const ids = new Set(frequent)
  ids.add(end)
  for (const token of source) for (let i = offsets[token]; i < offsets[token + 1]; i++) ids.add(targets[i])
  return Int32Array.from(ids).sort()
}
