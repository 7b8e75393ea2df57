import type { JsonObject } from './json-text.ts'

/**
 * A JSON text of an object with some keys set, or removed where the value is undefined. Other numbers keep their
 * spelling: transformers 5 refuses a config.json with 1 in place of 1.0.
 */
export function editedJson(text: string, keys: JsonObject): string {
  const spelled = text.replace(STRING_OR_NUMBER, (token) =>
    token.startsWith('"') || String(Number(token)) === token ? token : JSON.stringify(MARK + token),
  )
  return `${JSON.stringify({ ...JSON.parse(spelled), ...keys }, null, 2).replace(MARKED, '$1')}\n`
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g

/** The prefix that marks a number's spelling while it is a string. */
const MARK = '\0number '
const MARKED = /"\\u0000number (-?\d[\d.eE+-]*)"/g
