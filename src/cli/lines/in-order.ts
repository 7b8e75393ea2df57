/** Batches to be processed in parallel, and the function that processes them: see `inOrder`. */
export interface Flow<B, R> {
  batches: AsyncIterable<B> | Iterable<B>
  size(batch: B): number
  /**
   * The next batch is taken while the total size of batches in flight is below this number; one batch is always taken.
   */
  most: number
  /** The value of `most` at first; it doubles whenever a batch has been delivered. The default is `most`. */
  first?: number
  work(batch: B): Promise<R>
  /** Called for each batch in the order of the input, as soon as that batch and all before it are done. */
  deliver(batch: B, result: R): Promise<void>
}

/**
 * Processes a bounded number of batches in parallel and delivers them in order: memory stays bounded however long the
 * input is, and a slow reader of the output slows down the reading. Rejects at the first failure, even while it waits
 * for input.
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
