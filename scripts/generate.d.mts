/** The parts of generate.mjs that tests use. */
import type { OpRow } from '#dist/engine/program/instructions/instruction.js'

export function generatedFiles(rows: readonly OpRow[]): Map<string, string>
export function staleFiles(): Promise<string[]>
