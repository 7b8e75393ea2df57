import type { PositionKindName } from '../../../base/choices/position-kinds.ts'
import type { OfKind } from '../../../base/schema/groups.ts'
import { buckets } from './buckets.ts'
import { learned, none } from './learned.ts'
import type { PositionKind } from './position-kind.ts'
import { relative } from './relative.ts'
import { rotary } from './rotary.ts'
import { halves, interleaved, timingSignal } from './sinusoids.ts'

// biome-ignore lint/suspicious/noExplicitAny: each kind has settings and inputs of its own
type AnyKind = PositionKind<any, any>

/** Every kind of positions. */
export const positionKinds = {
  interleaved,
  halves,
  timingSignal,
  learned,
  relative,
  buckets,
  rotary,
  none,
} satisfies Record<PositionKindName, AnyKind>

type Kinds = typeof positionKinds

/** The settings of each kind of positions. */
export const positionSettings = Object.fromEntries(
  Object.entries(positionKinds).map(([kind, { settings }]) => [kind, settings]),
) as { readonly [Kind in keyof Kinds]: Kinds[Kind]['settings'] }

/**
 * Where a token's position enters: sinusoids over position p and width d of three kinds, learned tables, distances, rotations, or nowhere.
 * - `interleaved`: PE[p, 2i] = sin(p / 10000^(2i/d)), PE[p, 2i+1] = cos(same) (the paper, 3.5);
 * - `halves`: the same angles, all sines first, then all cosines (Marian); of an odd d one sine more, as Hugging Face has it;
 * - `timingSignal`: [sin | cos] of p · exp(−i · ln 10000 / (d/2 − 1)) (Tensor2Tensor). With an `offset`, the first token of a sentence
 *   stands at that position (M2M100: 2);
 * - `learned`: the table has `rows` rows; position p reads row p + `offset` (BART: 2);
 * - `relative`: nothing is added to embeddings, every self-attention learns what each distance of query and key adds to keys and
 *   values, up to `clip` (Shaw et al. 2018, 3.2);
 * - `buckets`: nothing is added to embeddings. All self-attentions of a stack learn together what a distance adds to the scores of each
 *   head. Short distances have one of the `buckets` each, longer ones share them, and all from `furthest` on have the last (T5);
 * - `rotary`: nothing is added to embeddings. Each pair of numbers (2i, 2i + 1) of the queries and keys of self-attention is turned by
 *   p · base^(−2i / dHead) (RoPE, Su et al. 2021).
 */
export type Positions = OfKind<typeof positionSettings>

/** The kind that these positions are of. */
export const kindOf = ({ kind }: Pick<Positions, 'kind'>): AnyKind => positionKinds[kind]

/** The longest sentence, in tokens, that has a position for each. */
export const longestFor = (positions: Positions): number => kindOf(positions).longest?.(positions) ?? Infinity

/** The longest target, in tokens, that has a position for each. */
export const longestTargetFor = (positions: Positions): number =>
  kindOf(positions).longestTarget?.(positions) ?? longestFor(positions)

/** The positions of a new model for sentences of up to `maxLength` tokens; distances are told apart up to `clip`. */
export const positionsOfNewModel = (kind: PositionKindName, model: { maxLength: number; clip?: number }): Positions =>
  ({ kind, ...kindOf({ kind }).ofNewModel(model) }) as Positions
