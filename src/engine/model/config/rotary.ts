import { settings } from '../../../base/schema/settings.ts'
import { numberFrom } from '../../../base/schema/types.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import { rotate } from '../../program/ops/rotate.ts'
import type { PositionKind } from './position-kind.ts'

const rotarySettings = settings({
  base: {
    type: numberFrom(1, 1e12),
    default: 10000,
    says: 'pair i of a head turns by base^(−2i / dHead) radians for each position',
  },
})

/**
 * Queries and keys of self-attention are turned by the position of their token (RoPE, Su et al. 2021, 3.2), so that their products depend on
 * distances alone: each pair of a head's numbers, (2i, 2i + 1), by the angle position · base^(−2i / dHead). Keys are turned before they enter
 * the cache. Programs bind cosines and sines of these angles, [positions, dHead], of either stack.
 */
export const rotary: PositionKind<typeof rotarySettings, { positions: Tensor; rotations: Tensor }> = {
  settings: rotarySettings,
  says: ({ base }) => `rotary, base ${base}`,
  ofNewModel: () => ({ base: 10000 }),
  check(_, { encoder, decoder }, place) {
    for (const [name, { dHead }] of Object.entries({ encoder, decoder }))
      if (dHead % 2) place.refuse(`positions rotary need an even ${name}.dHead, not ${dHead}`)
  },
  tables: ({ base }, { encoder, decoder }) => ({
    growing: { 'source.rotations': rotations(base, encoder.dHead), 'target.rotations': rotations(base, decoder.dHead) },
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

/** Row p: cos(p ω_0), sin(p ω_0), cos(p ω_1), …, with ω_i = base^(−2i / width). */
const rotations = (base: number, width: number) => ({
  width,
  write(table: Float32Array, first: number) {
    for (let at = first * width; at < table.length; at += 2) {
      const angle = Math.floor(at / width) * base ** (-(at % width) / width)
      table[at] = Math.cos(angle)
      table[at + 1] = Math.sin(angle)
    }
  },
})
