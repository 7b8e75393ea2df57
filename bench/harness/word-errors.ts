/** In how many words two texts differ: the least number of words that are replaced, left out or put in. Case and punctuation do not count. */
export function wordErrors(text: string, reference: string): number {
  const [own, theirs] = [text, reference].map((each) => each.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
  let row = Array.from({ length: theirs.length + 1 }, (_, i) => i)
  for (const [i, word] of own.entries()) {
    const next = [i + 1]
    for (const [j, other] of theirs.entries())
      next.push(Math.min(row[j] + (word === other ? 0 : 1), row[j + 1] + 1, next[j] + 1))
    row = next
  }
  return row[theirs.length]
}
