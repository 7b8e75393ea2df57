/** The part of native-operands.mjs that tests use: the files of native/generated/, by name, for these rows of the op table. */
export function nativeOperands(
  rows: Iterable<import('../dist/engine/program/instruction.js').OpRow>,
): Record<string, string>
