import type { PositionKindName } from '../../../base/choices/position-kinds.ts'
import { present } from '../../../base/present.ts'
import type { OfKind } from '../../../base/schema/groups.ts'
import { settings } from '../../../base/schema/settings.ts'
import { integer, numberFrom, positiveInteger } from '../../../base/schema/types.ts'
import { counted } from '../../../base/values/number-text.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import { rotate } from '../../program/ops/rotate.ts'
import { buckets } from './buckets.ts'
import { MOST_CLIP, type PositionKind } from './position-kind.ts'
import { halves, interleaved, timingSignal } from './sinusoids.ts'

const rotarySettings = settings({
  base: {
    type: numberFrom(1, 1e12),
    default: 10000,
    says: 'pair i of a head turns by base^(−2i / dHead) radians for each position',
  },
  turned: {
    type: integer(2),
    optional: true,
    otherwise: 'dHead',
    says: 'numbers of a head that turn, the first ones, which stand in the place of dHead (Moonshine)',
  },
})

/**
 * Queries and keys of self-attention are turned by the position of their token (RoPE, Su et al. 2021, 3.2), so that their products depend on
 * distances alone: each pair of a head's numbers, (2i, 2i + 1), by the angle position · base^(−2i / dHead). Keys are turned before they enter
 * the cache. Programs bind cosines and sines of these angles, [positions, dHead], of either stack.
 */
const rotary: PositionKind<typeof rotarySettings, { positions: Tensor; rotations: Tensor }> = {
  settings: rotarySettings,
  says: ({ base }) => `rotary, base ${base}`,
  ofNewModel: () => ({ base: 10000 }),
  check({ turned = 2 }, { encoder, decoder }, place) {
    for (const [name, { dHead }] of Object.entries({ encoder, decoder })) {
      if (dHead % 2) place.refuse(`positions rotary need an even ${name}.dHead, not ${dHead}`)
      if (turned % 2 || turned > dHead)
        place.within('positions').fail('turned', `an even number of at most ${name}.dHead (${dHead})`, turned)
    }
  },
  tables: ({ base, turned }, { encoder, decoder }) => ({
    growing: {
      'source.rotations': rotations(base, encoder.dHead, turned),
      'target.rotations': rotations(base, decoder.dHead, turned),
    },
  }),
  inputs({ p, side, rows, dHead }) {
    const name = side === 'encoder' ? 'source' : 'target'
    return {
      positions: p.input(`${name}.positions`, rows, 1, 'int32'),
      rotations: p.input(`${name}.rotations`, 'N', dHead),
    }
  },
  attended: ({ p, heads, dHead }, { positions, rotations }) => ({
    turned(queryKeyValue) {
      const attributes = { columns: 2 * heads * dHead, direction: 'forward' } as const
      return rotate(p, { x: queryKeyValue, positions, rotations }, attributes)[0]
    },
  }),
}

/** Row p: cos(p ω_0), sin(p ω_0), cos(p ω_1), …, with ω_i = base^(−2i / turned), and 0 from `turned` on. */
const rotations = (base: number, width: number, turned = width) => ({
  width,
  write(table: Float32Array, first: number) {
    for (let at = first * width; at < table.length; at += 2) {
      const i = at % width
      const angle = i < turned ? Math.floor(at / width) * base ** (-i / turned) : 0
      table[at] = Math.cos(angle)
      table[at + 1] = Math.sin(angle)
    }
  },
})

const relativeSettings = settings({
  clip: { type: integer(1, MOST_CLIP), says: 'the furthest distance that is told apart' },
})

/**
 * Every self-attention has learned what each distance of query and key adds to keys and to values of every head (Shaw et al. 2018, 3.2):
 * two tables [2 clip + 1, dHead].
 */
const relative: PositionKind<typeof relativeSettings> = {
  settings: relativeSettings,
  says: ({ clip }) => `relative, up to ${counted(clip, 'token')} apart`,
  ofNewModel: ({ clip }) => ({ clip: present(clip) }),
  inputs: () => null,
  attended({ p, dHead, positions: { clip } }) {
    const declaration = { rows: 2 * clip + 1, width: dHead, role: 'distances' } as const
    const table = (name: string) => p.within(name, () => p.parameter('weight', declaration))
    return { distances: () => ({ relativeKeys: table('relativeKeys'), relativeValues: table('relativeValues') }) }
  },
}

/** The model is not told where a token stands. */
const none: PositionKind<Record<never, never>> = {
  settings: {},
  says: () => 'none',
  ofNewModel: () => ({}),
  inputs: () => null,
}

const learnedSettings = settings({
  rows: { type: positiveInteger, says: 'rows of the table' },
  targetRows: {
    type: positiveInteger,
    optional: true,
    otherwise: 'rows',
    says: "rows of the decoder's table, where it has others (LED)",
  },
  targetOffset: {
    type: integer(0),
    optional: true,
    otherwise: 'offset',
    says: 'offset of the decoder, where it has another one (RoBERTa2GPT2)',
  },
  offset: { type: integer(0), default: 0, says: 'position p reads row p + offset' },
})

/** Each stack has a table of its own, whose rows are added to embeddings. */
const learned: PositionKind<typeof learnedSettings, { positions: Tensor }> = {
  settings: learnedSettings,
  says: ({ rows }) => `learned, ${counted(rows, 'row')}`,
  ofNewModel: ({ maxLength }) => ({ rows: maxLength, offset: 0 }),
  longest: ({ rows, offset }) => rows - offset,
  longestTarget: ({ rows, targetRows = rows, offset, targetOffset = offset }) => targetRows - targetOffset,
  check({ rows, targetRows = rows, offset, targetOffset = offset }, { maxLength }, place) {
    if (offset >= rows) place.within('positions').fail('offset', `below rows (${rows})`, offset)
    if (targetRows <= targetOffset)
      place.within('positions').fail('targetRows', `at least ${targetOffset + 1}`, targetRows)
    if (maxLength > rows - offset)
      place.refuse(`maxLength must be at most positions.rows - positions.offset (${rows - offset}), not ${maxLength}`)
  },
  inputs: ({ p, side, rows }) => ({
    positions: p.input(side === 'encoder' ? 'source.positions' : 'target.positions', rows, 1, 'int32'),
  }),
  added({ p, side, dModel, positions: { rows, targetRows = rows, offset, targetOffset = offset } }, { positions }) {
    const own = side === 'encoder' ? rows : targetRows
    const positionTable = p.weight(`${side}.positions.weight`, { rows: own, width: dModel, role: 'positions' })
    return { positions, positionTable, offset: side === 'encoder' ? offset : targetOffset }
  },
}

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
