/** Face of translate/ for the worker of glassformer/web, which translates. Nothing here needs Node. */
export { longestFirst } from './pool/chunks.ts'
export { toPlain } from './pool/messages.ts'
export { TraceJobs } from './pool/trace-jobs.ts'
export { Engine } from './sentences/engine.ts'
