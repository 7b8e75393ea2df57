import type { Random } from '../state/random.ts'

/**
 * Shuffles a stream with `size` items in memory: each new item takes the place of a random one, which is yielded. If
 * all items fit, every order is equally likely. In a longer stream, an item comes at most `size` places too early, and
 * may stay long.
 *
 * The order depends only on the items, `size` and `random`.
 */
export async function* shuffled<T>(
  items: AsyncIterable<T>,
  size: number,
  random: Random,
): AsyncGenerator<T, void, undefined> {
  const buffer: T[] = []
  for await (const item of items) {
    if (buffer.length < size) {
      buffer.push(item)
      continue
    }
    const place = random.below(size)
    const out = buffer[place]
    buffer[place] = item
    yield out
  }
  yield* random.shuffle(buffer)
}
