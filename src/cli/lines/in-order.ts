/** Batches to be worked on side by side, and how: see `inOrder`. */
export interface Flow<B, R> {
  batches: AsyncIterable<B> | Iterable<B>
  size(batch: B): number
  /** Batches are taken while the total size of batches in flight is below this; one batch is always taken. */
  most: number
  /** What stands in place of `most` at first; it doubles whenever a batch has been delivered. By default it is `most`. */
  first?: number
  work(batch: B): Promise<R>
  /** Called for each batch in the order of the input, as soon as that batch and all before it are done. */
  deliver(batch: B, result: R): Promise<void>
}

/**
 * Works on a bounded number of batches at once and delivers in order: memory stays flat however long the input is, and a slow reader of the
 * output slows down the reading. Rejects at the first failure, even while the input waits.
 */
export async function inOrder<B, R>({ batches, size, most, first = most, work, deliver }: Flow<B, R>): Promise<void> {
  let limit = Math.min(first, most)
  let inFlight = 0
  let delivered: Promise<void> = Promise.resolve()
  let wake = () => {}
  let fail: (reason: unknown) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  const takeAll = async () => {
    for await (const batch of batches) {
      inFlight += size(batch)
      delivered = Promise.all([work(batch), delivered]).then(async ([result]) => {
        await deliver(batch, result)
        inFlight -= size(batch)
        limit = Math.min(most, 2 * limit)
        wake()
      })
      delivered.catch(fail)
      while (inFlight >= limit)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
    await delivered
  }
  await Promise.race([takeAll(), failed])
}
