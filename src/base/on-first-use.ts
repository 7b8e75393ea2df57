/** A function that returns what `make` makes: at its first call, so that a start does not wait for it, and the same ever after. */
export function onFirstUse<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
