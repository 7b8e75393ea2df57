/** Face of translate/ for the thread of a page, which sends requests to a worker and translates nothing itself. */
export type { ResolvedTranslateOptions } from './calls/resolve-translate-options.ts'
export { fromPlain, type PlainError, type Result, type Side } from './pool/messages.ts'
export { onAbort } from './pool/on-abort.ts'
export { aborted, atIndex, timedOut } from './pool/request.ts'
export type { Threads } from './pool/threads.ts'
