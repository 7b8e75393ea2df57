/** Face of translate/ for the thread of a page, which sends requests to a worker and translates nothing itself. */

export type { Side } from '../../workers/jobs/job-kind.ts'
export { onAbort } from '../../workers/requests/on-abort.ts'
export { aborted, atIndex, timedOut } from '../../workers/requests/submit.ts'
export { fromPlain, type PlainError } from '../../workers/threads/messages.ts'
export type { Threads } from '../../workers/threads/threads.ts'
export type { ResolvedTranslateOptions } from './options/resolve-call.ts'
