/** Face of decode/adapters/: low-rank adapters of sentences. */

export { AdapterMemory, NO_ADAPTER } from './adapter-memory.ts'
export { AdaptableProgram, adaptableRows, adaptersOfPairs, adaptersOfSources, withAdapters } from './with-adapters.ts'
