import type { Scheduling } from '../../../workers/requests/scheduling.ts'
import { newNumber } from '../../../workers/requests/submit.ts'
import { PreparedGlossary } from '../options/prepared-glossary.ts'
import type { LargeBody } from './large-body.ts'
import { type Ask, parsingThreads } from './parsing-threads.ts'

/**
 * Parses a JSON body in a separate thread. A field `glossary` is converted to a prepared glossary.
 * @throws GlassformerError as `readBody`; ERR_INPUT_TOO_LONG for a body that takes too much time or memory
 */
export async function readLargeBody(json: string, scheduling: Partial<Scheduling>): Promise<unknown> {
  const work = { id: newNumber(), length: json.length, what: 'a body in JSON' }
  const run = (ask: Ask) => ask<{ body: LargeBody }>({ kind: 'body', json })
  const { rest, glossary } = (await parsingThreads.do({ ...work, run }, scheduling)).body
  return glossary === undefined ? rest : { ...(rest as object), glossary: PreparedGlossary.of(glossary) }
}
