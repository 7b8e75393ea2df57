import { GlassformerError } from '../../../base/errors.ts'
import { whole } from '../../../base/values/number-text.ts'
import { type Glossary, glossaryType, prepared } from '../options/glossary-option.ts'

/** Largest number of values in a body, apart from its glossary. */
const MOST = 10_000

/** A body without its glossary, and the glossary as one text, which is sent to another thread quickly. */
export interface LargeBody {
  rest: unknown
  glossary?: string
}

/**
 * Parses a JSON body with many values.
 * @throws GlassformerError ERR_INPUT for invalid JSON, ERR_INPUT_TOO_LONG for too many values, ERR_OPTION for invalid
 * glossary entries
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

/** Names that could change an object's prototype are refused, as in smaller bodies. */
function withoutPrototype(name: string, value: unknown): unknown {
  if (name === '__proto__') throw new GlassformerError('ERR_INPUT', 'the body has a name that it may not have')
  return value
}

/** The number of values in a value, counted up to the limit. */
function valuesIn(value: unknown): number {
  let count = 0
  const left = [value]
  for (let next = left.pop(); left.length || next !== undefined; next = left.pop()) {
    if (++count > MOST) return count
    if (typeof next === 'object' && next !== null) for (const each of Object.values(next)) left.push(each)
  }
  return count
}
