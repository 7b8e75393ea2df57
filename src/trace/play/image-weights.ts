import type { ImageSettings } from '../../engine/model/config/image-settings.ts'
import { imageBlocks } from '../../engine/model/local/image-blocks.ts'

/** Weights of the blocks of an image [pairs, heads] → [tokens · tokens, heads], with zeros where a token does not see another. */
export function weightsInImage(
  values: Float32Array,
  heads: number,
  tokens: number,
  image: ImageSettings,
): Float32Array {
  const all = new Float32Array(tokens * tokens * heads)
  let pair = 0
  for (const { first, last, flange } of imageBlocks(image, tokens)) {
    const keys = [...flange, ...Array.from({ length: last - first }, (_, i) => first + i)]
    for (let query = first; query < last; query++)
      for (const key of keys) {
        all.set(values.subarray(pair * heads, (pair + 1) * heads), (query * tokens + key) * heads)
        pair++
      }
  }
  return all
}

/** Whether token `query` of an image of so many tokens sees token `key`. */
export function seeingInImage(image: ImageSettings, tokens: number): (query: number, key: number) => boolean {
  const seen: { first: number; flange: ReadonlySet<number> }[] = []
  for (const { first, last, flange } of imageBlocks(image, tokens)) {
    const block = { first, flange: new Set(flange) }
    for (let token = first; token < last; token++) seen[token] = block
  }
  return (query, key) => key <= query && (key >= seen[query].first || seen[query].flange.has(key))
}
