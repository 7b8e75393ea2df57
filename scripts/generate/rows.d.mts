/** The parts of rows.mjs that tests use. */
import type { OpRow } from '#dist/engine/program/instructions/instruction.js'

export function readRows(root: string): Promise<OpRow[]>
export function checkedRows(rows: readonly OpRow[]): OpRow[]
