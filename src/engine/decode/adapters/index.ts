/** Face of decode/adapters/: low-rank adapters of sentences. */

export { AdaptableProgram } from './adaptable-program.ts'
export { AdapterMemory, NO_ADAPTER } from './adapter-memory.ts'
export { adaptableRows, adaptersOfPairs, adaptersOfSources } from './adapters-of-rows.ts'
export { withAdapters } from './with-adapters.ts'
