import type { PositionKind } from './position-kind.ts'

/** The model is not told where a token stands. */
export const none: PositionKind<Record<never, never>> = {
  settings: {},
  says: () => 'none',
  ofNewModel: () => ({}),
  inputs: () => null,
}
