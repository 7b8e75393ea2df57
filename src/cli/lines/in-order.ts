/** Batches to be worked on side by side, and how: see `inOrder`. */
export interface Flow<B, R> {
  batches: AsyncIterable<B> | Iterable<B>
  size(batch: B): number
  /** Batches are taken while those in flight are smaller than this in all; one always is. */
  most: number
  work(batch: B): Promise<R>
  /** Called batch after batch in the order of the input, each as soon as it and all before it are done. */
  deliver(batch: B, result: R): Promise<void>
}

/**
 * Works on a bounded number of batches at once and delivers in order: memory stays flat however long the input is, and a slow
 * reader slows down the reading. Rejects at the first failure, also while the input has nothing to say.
 */
export async function inOrder<B, R>({ batches, size, most, work, deliver }: Flow<B, R>): Promise<void> {
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
        wake()
      })
      delivered.catch(fail)
      while (inFlight >= most)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
    await delivered
  }
  await Promise.race([takeAll(), failed])
}
