/** Works on up to `most` items at a time, which are read as there is room, and yields the results in order. */
export async function* concurrentInOrder<T, R>(
  items: AsyncIterator<T>,
  work: (item: T) => Promise<R>,
  most: number,
): AsyncGenerator<R, void> {
  const under: Promise<R>[] = []
  let hasEnded = false
  while (!hasEnded || under.length) {
    while (!hasEnded && under.length < most) {
      const { done, value } = await items.next()
      if (done) hasEnded = true
      else {
        const result = work(value)
        result.catch(() => {}) // the loop below throws it when its turn comes
        under.push(result)
      }
    }
    const next = under.shift()
    if (next) yield await next
  }
}
