import type { FastifyInstance } from 'fastify'
import { GlassformerError } from '../../base/errors.ts'
import { readLargeBody } from '../../use/translate/parsing/index.ts'
import { clientOf } from './access/authorize.ts'

/** The most values of a body that is read on the thread of the event loop: they take some milliseconds. */
const FEW = 10_000

/** The most lists and objects in one another. */
const MOST_LEVELS = 100

/** Bodies in JSON. Those of many values, a glossary of thousands of terms for instance, are read in a thread of their own. */
export function addJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, given, done) => {
    const body = given as string
    // Some clients say of each request that it is JSON, even of one that deletes and has no body.
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

/** About how many values a text in JSON has, and how deep they are nested, whether it is whole or not. */
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

/** The place of the quotation mark that ends the string which another one begins. */
function endOfString(text: string, begin: number): number {
  for (let end = text.indexOf('"', begin + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++
    if (escapes % 2 === 0) return end
  }
  return text.length
}
