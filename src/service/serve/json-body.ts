import type { FastifyInstance } from 'fastify'
import { GlassformerError } from '../../base/errors.ts'
import { readLargeBody } from '../../use/translate/parsing/index.ts'
import { clientOf } from './access/authorize.ts'

/** The maximum number of values in a body that is parsed on the thread of the event loop, in a few milliseconds. */
const FEW = 10_000

/** The maximum nesting of lists and objects. */
const MOST_LEVELS = 100

/**
 * Parses JSON bodies. Bodies of many values, such as a glossary with thousands of terms, are parsed in a separate
 * thread.
 */
export function addJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, given, done) => {
    const body = given as string
    // Some clients declare every request as JSON, even a deletion without a body.
    if (request.method === 'DELETE' && body === '') return done(null)
    const { values, levels } = sizeOfJson(body)
    if (levels > MOST_LEVELS)
      return done(new GlassformerError('ERR_INPUT', `the body is nested more than ${MOST_LEVELS} deep`))
    if (values <= FEW) return parse(request, body, done)
    readLargeBody(body, { client: clientOf(request) }).then(
      (read) => done(null, read),
      (error: Error) => done(error),
    )
  })
}

/** The approximate number of values in a JSON text and their nesting, even in an incomplete text. */
function sizeOfJson(text: string): { values: number; levels: number } {
  let [values, level, levels] = [0, 0, 0]
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === COMMA) values++
    else if (code === BRACKET || code === BRACE) {
      values++
      levels = Math.max(levels, ++level)
    } else if (code === BRACKET + 2 || code === BRACE + 2) level--
  }
  return { values, levels }
}

const [QUOTE, COMMA, BRACKET, BRACE, BACKSLASH] = [0x22, 0x2c, 0x5b, 0x7b, 0x5c]

/** The index of the closing quotation mark of a string. */
function endOfString(text: string, begin: number): number {
  for (let end = text.indexOf('"', begin + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++
    if (escapes % 2 === 0) return end
  }
  return text.length
}
