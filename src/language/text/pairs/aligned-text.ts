import { present } from '../../../base/present.ts'
import { graphemesOf } from '../hub/normalizers.ts'

/** A text made from another, with the range of the other, [begin, end), that each code unit stands for. */
export interface AlignedText {
  text: string
  begin: readonly number[]
  end: readonly number[]
}

/** A text as it is, from a place of the original on. */
export function aligned(text: string, from = 0): AlignedText {
  const begin: number[] = []
  const end: number[] = []
  for (const character of text) {
    for (let i = 0; i < character.length; i++) {
      begin.push(from)
      end.push(from + character.length)
    }
    from += character.length
  }
  return { text, begin, end }
}

/** Part of a text. */
export const part = ({ text, begin, end }: AlignedText, from: number, to: number): AlignedText => ({
  text: text.slice(from, to),
  begin: begin.slice(from, to),
  end: end.slice(from, to),
})

/** The range of the original that a text stands for; null for an empty one. */
export function rangeOf({ text, begin, end }: AlignedText): [number, number] | null {
  return text.length ? [Math.min(...bounded(begin)), Math.max(...bounded(end))] : null
}

/** The ends of a list, because ranges never go back by more than the signs of one character. */
const bounded = (places: readonly number[]) =>
  places.length <= 64 ? places : [...places.slice(0, 32), ...places.slice(-32)]

/**
 * A text changed by a function that works on each of its characters, or on each cluster of them: every character made stands for the one that it
 * was made of.
 */
export function changedBy(change: (text: string) => string, from: AlignedText): AlignedText {
  const made = { text: '', begin: [] as number[], end: [] as number[] }
  const add = (text: string, [begin, end]: [number, number]) => {
    made.text += text
    for (let i = 0; i < text.length; i++) {
      made.begin.push(begin)
      made.end.push(end)
    }
  }
  let at = 0
  for (const cluster of graphemesOf(from.text)) {
    const own = part(from, at, at + cluster.length)
    at += cluster.length
    const characters = Array.from(cluster)
    const changed = change(cluster)
    const one = characters.map(change)
    if (one.join('') !== changed) add(changed, present(rangeOf(own)))
    else {
      let inner = 0
      characters.forEach((character, i) => {
        add(one[i], present(rangeOf(part(own, inner, inner + character.length))))
        inner += character.length
      })
    }
  }
  return made
}

/** A text in which what a pattern matches has become another text, which stands for all of the match. */
export function replacedIn(from: AlignedText, pattern: RegExp, content: string): AlignedText {
  const made = { text: '', begin: [] as number[], end: [] as number[] }
  const keep = (own: AlignedText) => {
    made.text += own.text
    made.begin.push(...own.begin)
    made.end.push(...own.end)
  }
  let done = 0
  for (const { 0: found, index } of from.text.matchAll(pattern)) {
    keep(part(from, done, index))
    done = index + found.length
    const range = rangeOf(part(from, index, done)) ?? [from.begin[index] ?? 0, from.begin[index] ?? 0]
    keep({ text: content, begin: Array(content.length).fill(range[0]), end: Array(content.length).fill(range[1]) })
  }
  keep(part(from, done, from.text.length))
  return made
}
