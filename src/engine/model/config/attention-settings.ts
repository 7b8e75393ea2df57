import { present } from '../../../base/present.ts'
import { groupOf, kindsOf } from '../../../base/schema/groups.ts'
import { settings, type Values } from '../../../base/schema/settings.ts'
import { either, flag, integer, listOf, positiveInteger, type Type } from '../../../base/schema/types.ts'
import { type ImageSettings, imageType, isImage } from './image-settings.ts'
import { MOST_CLIP } from './position-kind.ts'

const reach = integer(1, MOST_CLIP)

/** The kinds of global tokens, which every token of an encoder sees beside those that are near. */
export const globalSettings = {
  /** The first token of a sentence, which also sees all others, by linears of its own (Longformer, Beltagy et al. 2020). */
  first: settings({}),
  /** The sum of each block of tokens, with a norm and a bias by distance of its own (LongT5's transient global, Guo et al. 2021). */
  blocks: settings({ size: { type: positiveInteger, default: 16, says: 'tokens of a block' } }),
  /** The first and the last block of a sentence, which also see all others (BigBird, Zaheer et al. 2020). */
  ends: settings({
    size: {
      type: positiveInteger,
      default: 64,
      says: 'tokens of a block; a token sees its own block and both beside it',
    },
    random: { type: integer(0), default: 3, says: 'how many times more the first block counts' },
  }),
  /** Learned tokens with states of their own, which see all tokens (Pegasus-X, Phang et al. 2022). */
  learned: settings({
    tokens: { type: positiveInteger, default: 128, says: 'learned global tokens of a sentence' },
    staggered: { type: flag, default: true, says: 'in every second layer the first block has half as many tokens' },
  }),
}

/** The first and the last block of a sentence as global tokens. */
export interface EndsSettings extends Values<typeof globalSettings.ends> {}

/** Learned global tokens. */
export interface LearnedSettings extends Values<typeof globalSettings.learned> {}

/** Layers that attend to compressed memory. */
export const compressedSettings = settings({
  factor: { type: integer(2, MOST_CLIP), default: 3, says: 'tokens of a block, of which the memory has one row' },
  layers: {
    type: listOf(integer(0), 'a list of layers, from 0'),
    optional: true,
    otherwise: 'every second layer: 1, 3, …',
    says: 'layers with compressed memory; the others have local attention',
  },
})

/** Layers that attend to compressed memory. */
export interface CompressedSettings extends Values<typeof compressedSettings> {}

/** Which tokens of its own side a token of a stack attends to. */
export const attentionSettings = settings({
  local: {
    type: either(either(reach, listOf(reach, 'a list of them, one for each layer of an encoder', 1)), imageType),
    says: 'a token sees the tokens of its sentence that are fewer than so many away, itself included; in a decoder those are the last so many, or those near it in an image, `{ "image": [height, width], "block": [height, width], "flange": [height, width] }`',
  },
  global: {
    type: kindsOf(globalSettings),
    optional: true,
    says: "in an encoder: what every token sees as well: the first token of a sentence (`first`: Longformer's), the sums of blocks (`blocks`: LongT5's transient global tokens), the first and the last block (`ends`: BigBird's; `local` is twice the size of a block) or learned tokens (`learned`: Pegasus-X's; `local` is the size of the blocks that see each other)",
  },
  compressed: {
    type: groupOf(compressedSettings),
    optional: true,
    says: 'in a decoder: layers that attend to compressed memory, a row for each block of tokens of the whole text (Liu et al. 2018), in place of near tokens',
  },
})

/** Which tokens of its own side a token of a stack attends to. */
export interface AttentionSettings extends Values<typeof attentionSettings> {}

/**
 * These settings as an object; on the command line, the number of `local`, and after a colon the factor of `compressed`, or the sizes of an image, of
 * its blocks and of their flanges.
 */
export const attentionType: Type<AttentionSettings> = {
  ...groupOf(attentionSettings),
  expected: 'an object, or on the command line n, n:3 or 8x8/4x4/4x4',
  parse(text) {
    const [, local, factor] = /^(\d+)(?::(\d+))?$/.exec(text) ?? []
    const image = present(imageType.parse)(text)
    if (image) return { local: image }
    if (local === undefined) return undefined
    return { local: Number(local), ...(factor !== undefined && { compressed: { factor: Number(factor) } }) }
  },
}

/** The compressed memory of a decoder; undefined where no layer has it. */
export const compressionOf = ({ attention }: { attention?: AttentionSettings }): CompressedSettings | undefined =>
  attention?.compressed

/** Whether a layer of a decoder attends to compressed memory. */
export const isCompressed = ({ attention }: { attention?: AttentionSettings }, layer: number): boolean =>
  attention?.compressed !== undefined && (attention.compressed.layers?.includes(layer) ?? layer % 2 === 1)

/** The image in which the tokens of a stack are near; undefined where they are near in a line, or all are seen. */
export const imageOf = ({ attention }: { attention?: Pick<AttentionSettings, 'local'> }): ImageSettings | undefined =>
  isImage(attention?.local) ? attention.local : undefined

/** How many tokens away each layer sees, or all of them. */
export const reachesOf = ({ local }: Pick<AttentionSettings, 'local'>): readonly number[] =>
  isImage(local) ? [Infinity] : [local].flat()

/** How far the tokens of any layer see; infinitely far where attention is not local in a line. */
export const reachOf = (attention: Pick<AttentionSettings, 'local'> | undefined): number =>
  attention ? Math.max(...reachesOf(attention)) : Infinity
