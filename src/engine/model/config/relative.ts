import { present } from '../../../base/present.ts'
import { settings } from '../../../base/schema/settings.ts'
import { integer } from '../../../base/schema/types.ts'
import { counted } from '../../../base/values/number-text.ts'
import { MOST_CLIP, type PositionKind } from './position-kind.ts'

const relativeSettings = settings({
  clip: { type: integer(1, MOST_CLIP), says: 'the furthest distance that is told apart' },
})

/**
 * Every self-attention has learned what each distance of query and key adds to keys and to values of every head (Shaw et al. 2018, 3.2):
 * two tables [2 clip + 1, dHead].
 */
export const relative: PositionKind<typeof relativeSettings> = {
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
