import type { Random } from '../random.ts'

/**
 * Items in random order with `size` of them in memory: each new item takes the place of a random one, which comes out. If all items fit,
 * every order is equally likely. Of a longer stream, an item comes out at most `size` places too early, and may stay long.
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
