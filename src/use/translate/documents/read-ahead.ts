/** Work on items of a sequence, some of them at once. */
export interface Ahead<T, R> {
  /** The next item is taken while those under way are smaller than this together. */
  most: number
  size(item: T): number
  work(item: T): Promise<R>
}

/** Works on a bounded number of items at once, and yields the results in the order of the items. */
export async function* ahead<T, R>(
  items: AsyncGenerator<T, void, undefined>,
  { most, size, work }: Ahead<T, R>,
): AsyncGenerator<{ item: T; result: R }, void, undefined> {
  const under: { item: T; result: Promise<R> }[] = []
  let [inFlight, isOver] = [0, false]
  try {
    for (;;) {
      while (!isOver && inFlight < most) {
        const { done, value } = await items.next()
        if (done) isOver = true
        else {
          const result = work(value)
          result.catch(() => {}) // whoever takes it sees the error
          under.push({ item: value, result })
          inFlight += size(value)
        }
      }
      const first = under.shift()
      if (!first) return
      yield { item: first.item, result: await first.result }
      inFlight -= size(first.item)
    }
  } finally {
    await items.return()
  }
}
