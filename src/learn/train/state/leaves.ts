import { isJsonObject } from '../../../formats/json/json-text.ts'

/** The values of nested settings by their paths: { a: { b: 1 } } → a.b → 1. */
export function leavesOf(value: unknown, path = '', into = new Map<string, unknown>()): Map<string, unknown> {
  if (!isJsonObject(value)) return into.set(path, value)
  for (const [name, inner] of Object.entries(value)) leavesOf(inner, path ? `${path}.${name}` : name, into)
  return into
}
