import { groupOf } from '../../../base/schema/groups.ts'
import { settings, type Values } from '../../../base/schema/settings.ts'
import { integer, listOf, type Type } from '../../../base/schema/types.ts'

/** The greatest height or width of an image. */
const MOST_SIDE = 4096

type Size = readonly [height: number, width: number]

/** A size, [height, width]. */
export const imageSize = (least: number): Type<Size> => {
  const sides = listOf(integer(least, MOST_SIDE), '')
  return {
    expected: `[height, width], integers from ${least} to ${MOST_SIDE}`,
    accepts: (value): value is Size => sides.accepts(value) && value.length === 2,
    json: { ...sides.json, minItems: 2, maxItems: 2 },
  }
}

/** Local attention in two dimensions. */
export const imageSettings = settings({
  image: { type: imageSize(1), says: 'the size of the image, [height, width] in tokens' },
  block: { type: imageSize(1), says: 'the size of a block; at the edges of the image it may be smaller' },
  flange: { type: imageSize(0), says: 'rows above a block, and columns on its left and on its right, that it sees' },
})

/**
 * Local attention in two dimensions (Image Transformer, Parmar et al. 2018, 3.2.2): the tokens of a sentence are an image in order of generation.
 */
export interface ImageSettings extends Values<typeof imageSettings> {}

/** These settings as an object, or as a text: 8x8/4x4/4x4. */
export const imageType: Type<ImageSettings> = {
  ...groupOf(imageSettings),
  expected: 'an image, { image, block, flange }, each of them [height, width]',
  parse(text) {
    const sizes = text.split('/').map((size) => /^(\d+)x(\d+)$/.exec(size)?.slice(1).map(Number))
    const given = { image: sizes[0], block: sizes[1], flange: sizes[2] }
    return sizes.length === 3 && imageType.accepts(given) ? given : undefined
  },
}

/** Attention to the tokens fewer than so many away, of every layer or of each, or to those of an image that are near. */
export type NearTokens = number | readonly number[] | ImageSettings

/** Whether tokens are near in an image, and not in a line. */
export const isImage = (local: NearTokens | undefined): local is ImageSettings =>
  typeof local === 'object' && !Array.isArray(local)
