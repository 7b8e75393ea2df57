import { reading } from '../../base/reading.ts'
import { traceFromJson as parsed } from './json.ts'
import type { Trace } from './trace.ts'

/** The trace of its JSON, or of what `JSON.parse` has made of that. @throws GlassformerError ERR_INPUT for what is no trace */
export const traceFromJson = (json: string | object): Trace => reading('the trace', () => parsed(json), 'ERR_INPUT')
