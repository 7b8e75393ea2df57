import type { IncomingMessage } from 'node:http'
import { GlassformerError } from '../../errors.ts'

/** A request for a trace is a sentence and what is wanted of it. */
const MOST_BYTES = 1 << 20

/** What is asked for a trace. */
export interface InspectRequest {
  model: string
  source: string
  options: object
}

/** @throws GlassformerError ERR_INPUT where the body is too long, no JSON, or asks for something else */
export async function inspectRequest(message: IncomingMessage): Promise<InspectRequest> {
  const type = message.headers['content-type'] ?? ''
  // Browsers send other kinds to any server unasked; JSON they send elsewhere only with that server's leave, which ours does not give.
  if (!/^application\/json(;|$)/i.test(type)) throw wrong(`the body is ${type || 'of no type'}: send application/json`)
  const body = await textOf(message)
  let asked: unknown
  try {
    asked = JSON.parse(body)
  } catch {
    throw wrong('the body is no JSON')
  }
  if (!isObject(asked)) throw wrong('the body is no object: send { "model", "source", "options" }')
  const { model, source, options = {}, ...others } = asked
  const [other] = Object.keys(others)
  if (other !== undefined) throw wrong(`unknown field ${JSON.stringify(other)}: there are model, source and options`)
  if (typeof model !== 'string') throw wrong('model is no string')
  if (typeof source !== 'string') throw wrong('source is no string')
  if (!isObject(options)) throw wrong('options is no object')
  return { model, source, options }
}

async function textOf(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of message) {
    length += part.length
    if (length > MOST_BYTES) throw wrong(`the body is longer than ${MOST_BYTES} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const wrong = (what: string) => new GlassformerError('ERR_INPUT', `cannot answer the request: ${what}`)
