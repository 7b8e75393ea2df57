/**
 * The items of two lists outside their longest common subsequence: items removed from the first list, and items added
 * in the second.
 */
export function differences(
  before: readonly string[],
  after: readonly string[],
): { gone: Set<number>; added: Set<number> } {
  const [rows, columns] = [before.length, after.length]
  // longest[i][j]: for the suffixes from i and from j.
  const longest = Array.from({ length: rows + 1 }, () => new Uint16Array(columns + 1))
  for (let i = rows - 1; i >= 0; i--)
    for (let j = columns - 1; j >= 0; j--)
      longest[i][j] =
        before[i] === after[j] ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1])
  const gone = new Set<number>()
  const added = new Set<number>()
  let [i, j] = [0, 0]
  while (i < rows || j < columns) {
    if (i < rows && j < columns && before[i] === after[j]) {
      i++
      j++
    } else if (j >= columns || (i < rows && longest[i + 1][j] >= longest[i][j + 1])) gone.add(i++)
    else added.add(j++)
  }
  return { gone, added }
}
