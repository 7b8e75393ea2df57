import { groupOf, kindsOf } from '../../base/schema/groups.ts'
import { settings, type Values } from '../../base/schema/settings.ts'
import { either, integer, listOf, positiveInteger, type Type } from '../../base/schema/types.ts'
import { MOST_CLIP } from './positions/position-kind.ts'

const reach = integer(1, MOST_CLIP)

/** The kinds of global tokens, which every token of an encoder sees beside those that are near. */
export const globalSettings = {
  /** The first token of a sentence, which also sees all others, by linears of its own (Longformer, Beltagy et al. 2020). */
  first: settings({}),
  /** The sum of each block of tokens, with a norm and a bias by distance of its own (LongT5's transient global, Guo et al. 2021). */
  blocks: settings({ size: { type: positiveInteger, default: 16, says: 'tokens of a block' } }),
}

/** Which tokens of its own side a token of a stack attends to. */
export const attentionSettings = settings({
  local: {
    type: either(reach, listOf(reach, 'a list of them, one for each layer of an encoder', 1)),
    says: 'a token sees the tokens of its sentence that are fewer than so many away, itself included; in a decoder those are the last so many',
  },
  global: {
    type: kindsOf(globalSettings),
    optional: true,
    says: "in an encoder: what every token sees as well, the first token of a sentence (`first`: Longformer's) or the sums of blocks (`blocks`: LongT5's transient global tokens)",
  },
})

/** Which tokens of its own side a token of a stack attends to. */
export interface AttentionSettings extends Values<typeof attentionSettings> {}

/** These settings as an object; on the command line, the number of `local` alone. */
export const attentionType: Type<AttentionSettings> = {
  ...groupOf(attentionSettings),
  parse: (text) => (/^\d+$/.test(text) ? { local: Number(text) } : undefined),
}

/** How far the tokens of any layer see; infinitely far where attention is not local. */
export const reachOf = (attention: Pick<AttentionSettings, 'local'> | undefined): number =>
  attention ? Math.max(...[attention.local].flat()) : Infinity
