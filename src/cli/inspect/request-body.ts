import type { IncomingMessage } from 'node:http'
import { GlassformerError } from '../../base/errors.ts'

/** A request for a trace is a sentence and what is wanted of it. */
const MOST_BYTES = 1 << 20

/** What is asked for a trace. */
export interface InspectRequest {
  model: string
  source: string
  options: object
}

/** What is asked for a file: several runs, each as the page calls it, and the address that the file opens at. */
export interface ExportRequest {
  runs: (InspectRequest & { run: object })[]
  start: string
}

/** More runs than the page shows side by side. */
const MOST_RUNS = 8

/** @throws GlassformerError ERR_INPUT where the body is too long, no JSON, or asks for something else */
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
  // Browsers send other kinds to any server unasked; JSON they send elsewhere only with that server's leave, which ours does not give.
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
