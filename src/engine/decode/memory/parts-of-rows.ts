/** Divides sentences into parts of at most `most` rows; a part always has at least one sentence. */
export function* partsOfRows<S extends { readonly rows: number }>(
  sentences: readonly S[],
  most: number,
): Iterable<S[]> {
  let part: S[] = []
  let rows = 0
  for (const sentence of sentences) {
    const own = sentence.rows
    if (part.length && rows + own > most) {
      yield part
      part = []
      rows = 0
    }
    part.push(sentence)
    rows += own
  }
  if (part.length) yield part
}
