/**
 * The worker of a page. On other threads the same file leaves the code that runs a model there: a worker that a page can start
 * from a disk is one file without exports, and a second file would contain the same code again.
 */
import { leaveRunner } from './calling-thread.ts'
import { OnThisThread } from './on-this-thread.ts'
import { listen } from './page-messages.ts'

declare const DedicatedWorkerGlobalScope: unknown

if (typeof DedicatedWorkerGlobalScope === 'undefined') leaveRunner(OnThisThread)
else listen()
