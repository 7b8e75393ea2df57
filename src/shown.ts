import { inspect } from 'node:util'

/** Characters of a value that an error message shows. */
const MOST = 160

/** A value as an error message shows it: whatever it is, in one short line. */
export function shown(value: unknown): string {
  const text = inspect(value, {
    depth: 1,
    compact: true,
    breakLength: Infinity,
    maxStringLength: 60,
    maxArrayLength: 8,
  }).replace(/\s*\n\s*/g, ' ') // of an error, with its stack
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text
}

/** A value of a JSON file, as it stands there. Settings that were never in a file may hold what JSON cannot say. */
export function shownJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? shown(value)
  } catch {
    return shown(value)
  }
}
