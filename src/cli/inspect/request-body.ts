import type { IncomingMessage } from 'node:http'
import { GlassformerError } from '../../base/errors.ts'

/** Size limit of a request for a trace: a sentence and options. */
const MOST_BYTES = 1 << 20

/** A request for a trace. */
export interface InspectRequest {
  model: string
  source: string
  options: object
}

/**
 * A request for an exported file: several runs, each with its name on the page, and the address that the file opens at.
 */
export interface ExportRequest {
  runs: (InspectRequest & { run: object })[]
  start: string
}

/** Maximum number of runs in a request; the page shows fewer side by side. */
const MOST_RUNS = 8

/** @throws GlassformerError ERR_INPUT where the body is too long, not JSON, or contains anything else */
export async function inspectRequest(message: IncomingMessage): Promise<InspectRequest> {
  return requestIn(await objectIn(message))
}

/** @throws GlassformerError as `inspectRequest` */
export async function exportRequest(message: IncomingMessage): Promise<ExportRequest> {
  const { runs, start = '', ...others } = await objectIn(message)
  refuseOthers(others, 'runs and start')
  if (typeof start !== 'string') throw wrong('start is no string')
  if (!Array.isArray(runs) || runs.length === 0 || runs.length > MOST_RUNS)
    throw wrong(`runs is no list of 1 to ${MOST_RUNS}`)
  return {
    runs: runs.map((each) => {
      if (!isObject(each)) throw wrong('a run is no object')
      const { run, ...request } = each
      if (!isObject(run)) throw wrong('run is no object')
      return { run, ...requestIn(request) }
    }),
    start,
  }
}

function requestIn({ model, source, options = {}, ...others }: Record<string, unknown>): InspectRequest {
  refuseOthers(others, 'model, source and options')
  if (typeof model !== 'string') throw wrong('model is no string')
  if (typeof source !== 'string') throw wrong('source is no string')
  if (!isObject(options)) throw wrong('options is no object')
  return { model, source, options }
}

function refuseOthers(others: object, known: string): void {
  const [other] = Object.keys(others)
  if (other !== undefined) throw wrong(`unknown field ${JSON.stringify(other)}: there are ${known}`)
}

async function objectIn(message: IncomingMessage): Promise<Record<string, unknown>> {
  const type = message.headers['content-type'] ?? ''
  // Browsers send other content types to any server without asking; they send JSON across origins only with that
  // server's permission, which this server never grants.
  if (!/^application\/json(;|$)/i.test(type)) throw wrong(`the body is ${type || 'of no type'}: send application/json`)
  const body = await textOf(message)
  let asked: unknown
  try {
    asked = JSON.parse(body)
  } catch {
    throw wrong('the body is no JSON')
  }
  if (!isObject(asked)) throw wrong('the body is no object')
  return asked
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
