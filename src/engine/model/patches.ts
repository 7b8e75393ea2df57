import { ROW, type SourceIds, withRows } from '../../base/choices/position-kinds.ts'
import { GlassformerError } from '../../base/errors.ts'
import { type PictureConfig, patchWidth } from './config/picture-settings.ts'

/**
 * The source that a picture of the model's size is: the states in front, then its patches row by row. `pixels` are [channels, height, width].
 * @throws GlassformerError ERR_INPUT
 */
export function patchesOf(pixels: Float32Array, picture: PictureConfig): SourceIds {
  const { patch, channels, states } = picture
  const [height, width] = picture.size ?? [0, 0]
  if (pixels.length !== channels * height * width)
    throw new GlassformerError(
      'ERR_INPUT',
      `a picture for this model has ${channels} · ${height} · ${width} numbers, not ${pixels.length}`,
    )
  const [down, across] = [height / patch, width / patch]
  const rows = new Float32Array(down * across * patchWidth(picture))
  let at = 0
  for (let row = 0; row < down; row++)
    for (let column = 0; column < across; column++)
      for (let channel = 0; channel < channels; channel++)
        for (let y = 0; y < patch; y++, at += patch) {
          const first = (channel * height + row * patch + y) * width + column * patch
          rows.set(pixels.subarray(first, first + patch), at)
        }
  const front = Array.from({ length: states }, (_, i) => i)
  return withRows([...front, ...new Array<number>(down * across).fill(ROW)], rows)
}
