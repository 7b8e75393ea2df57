/** A word of a translation: its first token, the token after its last, and its length. */
export interface Word {
  first: number
  behind: number
  letters: number
}

/** The words of a translation; tokens without a letter belong to none. */
export function wordsOf(ids: readonly number[], decode: (ids: readonly number[]) => string): Word[] {
  const words: Word[] = []
  let before = ''
  ids.forEach((_, i) => {
    const text = decode(ids.slice(0, i + 1))
    const added = text.slice(before.length)
    const letters = added.match(/[\p{L}\p{N}]/gu)?.length ?? 0
    const last = words.at(-1)
    if (last && letters && last.behind === i && !/^\s/.test(added)) {
      last.behind = i + 1
      last.letters += letters
    } else if (letters) words.push({ first: i, behind: i + 1, letters })
    before = text
  })
  return words
}
