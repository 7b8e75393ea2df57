import type { JsonObject } from './json-text.ts'

/**
 * A JSON text of an object with some of its keys set, or removed where the value is undefined. Other numbers stay as they are spelled:
 * transformers 5 refuses a config.json that says 1 where 1.0 stood.
 */
export function editedJson(text: string, keys: JsonObject): string {
  const spelled = text.replace(STRING_OR_NUMBER, (token) =>
    token.startsWith('"') || String(Number(token)) === token ? token : JSON.stringify(MARK + token),
  )
  return `${JSON.stringify({ ...JSON.parse(spelled), ...keys }, null, 2).replace(MARKED, '$1')}\n`
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g

/** What a number's spelling begins with while it is a string. */
const MARK = '\0number '
const MARKED = /"\\u0000number (-?\d[\d.eE+-]*)"/g
