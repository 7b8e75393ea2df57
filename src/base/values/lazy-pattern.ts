/**
 * A regular expression that is made when it is first asked for. V8 collects the characters of classes such as `\p{L}`
 * each time it parses a literal: those of what a translation loads took 14 ms of processor time before its first word,
 * most of them unused.
 */
export function lazyPattern(source: string, flags: string): () => RegExp {
  let made: RegExp | undefined
  return () => {
    made ??= new RegExp(source, flags)
    return made
  }
}
