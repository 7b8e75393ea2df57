import { groupOf } from '../../../base/schema/groups.ts'
import { settings, type Values } from '../../../base/schema/settings.ts'
import { integer, oneOf, type Type } from '../../../base/schema/types.ts'

/** The bottleneck of an autoencoder of targets. */
export const latentsSettings = settings({
  every: { type: integer(2, 64), default: 4, says: 'target tokens for each code' },
  kind: {
    type: oneOf('vq', 'dvq', 'hash'),
    default: 'vq',
    says: 'how codes are found: the nearest entry of a codebook (`vq`, van den Oord et al. 2017), two of them for the halves of a row (`dvq`, Kaiser et al. 2018), or the signs of numbers (`hash`, Kaiser and Bengio 2018)',
  },
  bits: { type: integer(2, 14), default: 10, says: 'there are 2^bits codes; even with dvq' },
})

/** The bottleneck of an autoencoder of targets. */
export interface LatentsSettings extends Values<typeof latentsSettings> {}

/** These settings as an object; on the command line, the target tokens for each code alone. */
export const latentsType: Type<LatentsSettings> = {
  ...groupOf(latentsSettings),
  parse: (text) => (/^\d+$/.test(text) ? ({ every: Number(text) } as LatentsSettings) : undefined),
}

/** The parts of a code, and how many values each has; a code's number is Σ part_i · values^i. */
export function partsOf({ kind, bits }: LatentsSettings): { parts: number; values: number } {
  if (kind === 'hash') return { parts: bits, values: 2 }
  const parts = kind === 'dvq' ? 2 : 1
  return { parts, values: 2 ** (bits / parts) }
}
