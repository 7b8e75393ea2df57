import type { RoughLine } from '../../bench/harness/rough-lines.ts'

/** The lines of all kinds, always the same for a seed (34 by default). */
export function roughLines(seed?: number): RoughLine[]
