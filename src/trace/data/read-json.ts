import { reading } from '../../base/reading.ts'
import { traceFromJson as parsed } from './json.ts'
import type { Trace } from './trace.ts'

/**
 * The trace from its JSON, or from the result of `JSON.parse`. @throws GlassformerError ERR_INPUT for anything but a
 * trace
 */
export const traceFromJson = (json: string | object): Trace => reading('the trace', () => parsed(json), 'ERR_INPUT')
