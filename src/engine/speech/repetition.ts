/** Repetitions of a run of tokens after each other from which on they are no speech. */
const MOST = 4

/**
 * A transcript in which a run of text that is repeated again and again stands once: what a model falls into over noise, and where it has lost
 * the sound. Times between the repetitions go with them; the last one stays, so that the text lasts as long as they did.
 */
export function withoutRepetition(tokens: readonly number[], isText: (id: number) => boolean): number[] {
  const places = tokens.flatMap((id, i) => (isText(id) ? [i] : []))
  const text = places.map((place) => tokens[place])
  for (let begin = 0; begin < text.length; begin++)
    for (let period = 1; begin + MOST * period <= text.length; period++) {
      let end = begin + period
      while (end < text.length && text[end] === text[end - period]) end++
      if (end - begin < MOST * period) continue
      const [from, to] = [places[begin + period - 1] + 1, places[end - 1] + 1]
      return withoutRepetition([...tokens.slice(0, from), ...tokens.slice(to)], isText)
    }
  return [...tokens]
}
