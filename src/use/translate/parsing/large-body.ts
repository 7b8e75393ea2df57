import { GlassformerError } from '../../../base/errors.ts'
import { whole } from '../../../base/number-text.ts'
import { type Glossary, glossaryType, prepared } from '../glossary-option.ts'

/** The most values of a body besides those of its glossary. */
const MOST = 10_000

/** What a body has besides a glossary, and the text of that, which reaches another thread in a moment. */
export interface LargeBody {
  rest: unknown
  glossary?: string
}

/**
 * Reads a body in JSON that has many values.
 * @throws GlassformerError ERR_INPUT for what is no JSON, ERR_INPUT_TOO_LONG for too many values, ERR_OPTION for entries of a glossary that are none
 */
export function readBody(json: string): LargeBody {
  const body = parsed(json)
  const { glossary, ...others } = Object(body) as { glossary?: unknown }
  const isPrepared = typeof glossary === 'object' && glossary !== null && glossaryType.accepts(glossary)
  const rest = isPrepared ? others : body
  if (valuesIn(rest) > MOST)
    throw new GlassformerError(
      'ERR_INPUT_TOO_LONG',
      `a body may have ${whole(MOST)} values besides the entries of a glossary`,
    )
  return { rest, ...(isPrepared && { glossary: prepared(glossary as Glossary).text }) }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json, withoutPrototype)
  } catch (error) {
    if (error instanceof GlassformerError) throw error
    throw new GlassformerError('ERR_INPUT', `the body is no JSON: ${(error as Error).message.slice(0, 200)}`)
  }
}

/** Names by which an object's prototype could be changed are refused, as in smaller bodies. */
function withoutPrototype(name: string, value: unknown): unknown {
  if (name === '__proto__') throw new GlassformerError('ERR_INPUT', 'the body has a name that it may not have')
  return value
}

/** The values in one, counted as far as it matters. */
function valuesIn(value: unknown): number {
  let count = 0
  const left = [value]
  for (let next = left.pop(); left.length || next !== undefined; next = left.pop()) {
    if (++count > MOST) return count
    if (typeof next === 'object' && next !== null) for (const each of Object.values(next)) left.push(each)
  }
  return count
}
