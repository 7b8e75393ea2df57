import { lastOf } from '../../../base/present.ts'
import type { MemoryLanguages, UnitsPart } from '../../../language/memory/index.ts'
import type { Scheduling } from '../../../workers/requests/scheduling.ts'
import { newNumber } from '../../../workers/requests/submit.ts'
import { type Ask, parsingThreads } from './parsing-threads.ts'

/**
 * Reads the units of a TMX file in a separate thread, in parts.
 * @throws GlassformerError ERR_INPUT for bytes that are no TMX; ERR_INPUT_TOO_LONG for a file that takes too much time
 * or memory; ERR_ABORTED
 */
export function readTmx(
  bytes: Uint8Array,
  languages: MemoryLanguages,
  scheduling: Partial<Scheduling>,
): Promise<UnitsPart[]> {
  const run = async (ask: Ask) => {
    const parts = [await ask<UnitsPart>({ kind: 'tmx', bytes, languages })]
    while (!lastOf(parts).isLast) parts.push(await ask<UnitsPart>({ kind: 'more' }))
    return parts
  }
  return parsingThreads.do({ id: newNumber(), length: bytes.length, what: 'a TMX file', run }, scheduling)
}
